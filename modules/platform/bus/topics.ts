import { z } from 'zod'

/**
 * Every topic, once: who writes it, who reads it, how it is keyed, how long it is kept. The k8s files and docs/operations.md
 * are checked against this table. Partition counts are fixed for good: a key's partition is murmur2(key) mod count.
 */
export interface Topic {
  name: string
  key: string
  partitions: number
  producer: string
  groups: readonly string[]
  /** Of the record's value; `v` inside it is the payload's version. */
  schema: z.ZodType
  retentionHours: number
}

/** One line's part of one webhook request: the parsed events, and the raw body on the first record of the request. */
export const WebhookRecord = z.object({
  v: z.literal(1),
  webhookId: z.string(),
  channel: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  receivedAt: z.string(),
  /** InboundEvent[] of one line, in the body's order (channels/connector.ts). */
  events: z.array(z.unknown()),
  /** Position of this record in its request, and how many the request made. */
  part: z.number().int(),
  parts: z.number().int(),
  /** On part 0 only: the untouched body in base64, or where it lies when it is large. The other parts point to it by webhookId. */
  raw: z
    .object({
      body: z.string().nullable(),
      blobKey: z.string().nullable(),
      sizeBytes: z.number().int(),
      /** Events the whole request became, over all its parts. */
      eventCount: z.number().int(),
    })
    .nullable(),
  /** Set when the request came on a tenant's own address: the channel account named in the path. */
  channelAccountId: z.string().nullable(),
})
export type WebhookRecord = z.infer<typeof WebhookRecord>

export const UnparsedRecord = z.object({
  v: z.literal(1),
  webhookId: z.string(),
  channel: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  receivedAt: z.string(),
  reason: z.string(),
  raw: z.object({ body: z.string().nullable(), blobKey: z.string().nullable(), sizeBytes: z.number().int() }),
})
export type UnparsedRecord = z.infer<typeof UnparsedRecord>

/** An event of the log on its way to workers; the same shape SSE reads. */
export const EventRecord = z.object({
  v: z.literal(1),
  tenantId: z.string(),
  sequence: z.number().int(),
  id: z.string(),
  type: z.string(),
  key: z.string(),
  payload: z.unknown(),
  reach: z.unknown(),
  causationId: z.string().nullable(),
  depth: z.number().int(),
  at: z.string(),
})
export type EventRecord = z.infer<typeof EventRecord>

const channelTopics = (channel: string): Topic[] => [
  {
    name: `inbound.${channel}`,
    key: 'line key',
    partitions: 12,
    producer: 'ingress',
    groups: [`intake.inbound.${channel}`, `webhook-log.inbound.${channel}`],
    schema: WebhookRecord,
    retentionHours: 168,
  },
  {
    name: `receipts.${channel}`,
    key: 'line key',
    partitions: 12,
    producer: 'ingress',
    groups: [`intake.receipts.${channel}`, `webhook-log.receipts.${channel}`],
    schema: WebhookRecord,
    retentionHours: 168,
  },
]

export const TOPICS: readonly Topic[] = [
  ...channelTopics('whatsapp'),
  {
    name: 'inbound.unparsed',
    key: 'webhook id',
    partitions: 4,
    producer: 'ingress',
    groups: ['webhook-log.inbound.unparsed'],
    schema: UnparsedRecord,
    retentionHours: 168,
  },
  {
    name: 'events',
    key: 'event key',
    partitions: 12,
    producer: 'sequencer',
    groups: ['sender.events', 'media.events'],
    schema: EventRecord,
    retentionHours: 168,
  },
]

/** @throws for a name that stands in no table: a programming error, never data */
export function topicIn(topics: readonly Topic[], name: string): Topic {
  const topic = topics.find((candidate) => candidate.name === name)
  if (!topic) throw new Error(`no such topic: ${name}`)
  return topic
}
