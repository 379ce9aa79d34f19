import type { InboundEvent } from '#channels/connector.ts'
import { type AddressOwner, type AddressQuery, resolveAddresses } from '#modules/channels/index.ts'
import { InboundEventSchema, type IncomingEvent, receiveMessages } from '#modules/intake/index.ts'
import type { BatchHandler, BusMessage, Outcome } from '#platform/bus/port.ts'
import { WebhookRecord } from '#platform/bus/topics.ts'
import { monotonicMs } from '#platform/clock.ts'
import { isDataError } from '#platform/db/sql.ts'
import { isId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { WorkerContext } from '../context.ts'
import { intakeMetrics } from './metrics.ts'

/** One record, understood: what it says and whose accounts it speaks of. */
interface Readable {
  at: number
  receivedAt: Date
  incoming: IncomingEvent[]
}

const DONE: Outcome = { kind: 'done' }

/**
 * Takes in a fetch of records. A record that can't be understood, or whose data the database refuses, is parked alone; the
 * others of its batch are not held up. Anything else that fails (no database) fails the batch, which is then tried again.
 */
export function webhookHandler(context: WorkerContext): BatchHandler {
  const metrics = intakeMetrics(context.metrics)
  const factsOf = (channel: InboundEvent['account']['channel']) => context.connectors[channel].capabilities
  const take = async (records: readonly Readable[]) => {
    const tenantIds = [...new Set(records.flatMap(({ incoming }) => incoming.map(({ owner }) => owner.tenantId)))]
    const events = records.flatMap(({ incoming }) => incoming)
    if (events.length === 0) return
    const startedAt = monotonicMs()
    await context.database.batchTransaction(tenantIds, context.clock, (tx) => receiveMessages(tx, events, factsOf))
    metrics.taken(events, context.clock.now(), monotonicMs() - startedAt)
  }
  /** Halves what the database refuses until the record at fault stands alone. */
  const takeOrPark = async (records: readonly Readable[], outcomes: Outcome[]): Promise<void> => {
    try {
      await take(records)
    } catch (error) {
      if (!isDataError(error)) throw error
      const [only] = records
      if (records.length === 1 && only) {
        outcomes[only.at] = { kind: 'never', reason: `the database refused it: ${(error as Error).message}` }
        return
      }
      const middle = Math.ceil(records.length / 2)
      await takeOrPark(records.slice(0, middle), outcomes)
      await takeOrPark(records.slice(middle), outcomes)
    }
  }
  return async (messages) => {
    const { readable, outcomes } = await understand(context, messages)
    for (const group of groupsOf(readable)) await takeOrPark(group, outcomes)
    return outcomes
  }
}

/** Reads the records and asks the directory whose they are; what can't be read or belongs to nobody gets its outcome here. */
async function understand(
  { database, clock }: WorkerContext,
  messages: readonly BusMessage[],
): Promise<{ readable: Readable[]; outcomes: Outcome[] }> {
  const parsed = messages.map(({ value }) => parseRecord(value))
  const queries: AddressQuery[] = []
  for (const record of parsed)
    if ('events' in record) for (const event of record.events) queries.push({ account: event.account, viaAccountId: record.viaAccountId })
  const owners = await ownersOf(queries, (distinct) => database.platformTransaction(clock, (tx) => resolveAddresses(tx, distinct)))
  const readable: Readable[] = []
  const outcomes = parsed.map((record, at): Outcome => {
    if ('problem' in record) return { kind: 'never', reason: record.problem }
    const incoming = record.events.flatMap((event) =>
      owners({ account: event.account, viaAccountId: record.viaAccountId }).map((owner) => ({
        event,
        receivedAt: record.receivedAt,
        owner,
      })),
    )
    if (incoming.length === 0) return { kind: 'never', reason: 'nobody has connected the account it speaks of' }
    readable.push({ at, receivedAt: record.receivedAt, incoming })
    return DONE
  })
  return { readable, outcomes }
}

type ParsedRecord = { events: InboundEvent[]; receivedAt: Date; viaAccountId: AddressQuery['viaAccountId'] } | { problem: string }

function parseRecord(value: unknown): ParsedRecord {
  const record = WebhookRecord.safeParse(value)
  if (!record.success) return { problem: `not a webhook record: ${record.error.issues[0]?.message ?? 'malformed'}` }
  const { channelAccountId, receivedAt } = record.data
  const events: InboundEvent[] = []
  for (const item of record.data.events) {
    const event = InboundEventSchema.safeParse(item)
    if (!event.success) {
      const issue = event.error.issues[0]
      return { problem: `not an event: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'malformed'}` }
    }
    events.push(event.data)
  }
  return { events, receivedAt: new Date(receivedAt), viaAccountId: isId('channelAccount', channelAccountId) ? channelAccountId : null }
}

/** A batch speaks of few accounts many times; each is asked for once. */
async function ownersOf(
  queries: readonly AddressQuery[],
  resolve: (distinct: readonly AddressQuery[]) => Promise<AddressOwner[][]>,
): Promise<(query: AddressQuery) => AddressOwner[]> {
  const distinct = new Map(queries.map((query) => [JSON.stringify(query), query]))
  const resolved = distinct.size === 0 ? [] : await resolve([...distinct.values()])
  const byKey = new Map([...distinct.keys()].map((key, n) => [key, resolved[n] ?? []]))
  return (query) => byKey.get(JSON.stringify(query)) ?? []
}

/** Records together as long as their events fit one transaction; one record alone may be larger. */
function groupsOf(records: readonly Readable[]): Readable[][] {
  const groups: Readable[][] = []
  let events = Number.POSITIVE_INFINITY
  for (const record of records) {
    if (events + record.incoming.length > LIMITS.intakeBatch) {
      groups.push([])
      events = 0
    }
    groups.at(-1)?.push(record)
    events += record.incoming.length
  }
  return groups
}
