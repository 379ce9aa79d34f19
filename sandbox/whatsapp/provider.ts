import { randomBytes } from 'node:crypto'
import { type Clock, monotonicMs, pause } from '#platform/clock.ts'
import type { Logger } from '#platform/log.ts'
import type { Journal } from '../journal.ts'
import type { Live } from '../live.ts'
import type { ReceiptTiming } from '../options.ts'
import type { Behaviours } from './behaviours.ts'
import type { Ledger } from './ledger.ts'
import type { MediaFiles } from './media-files.ts'
import type { Poster } from './poster.ts'
import type { Rates } from './rates.ts'
import { escapedJson } from './sign.ts'
import type { BusinessNumber, PendingWebhook } from './types.ts'
import { type Change, type Entry, webhookBody } from './webhooks.ts'

/** The app all numbers share unless they bring their own, and where its webhook is. */
export interface MetaApp {
  webhookUrl: string
  appSecret: string
  verifyToken: string
}

/** The simulated provider: its state and its parts, handed to every function of this folder. */
export interface Provider {
  app: MetaApp
  ledger: Ledger
  journal: Journal
  behaviours: Behaviours
  rates: Rates
  poster: Poster
  live: Live
  files: MediaFiles
  clock: Clock
  log: Logger
  receipts: ReceiptTiming
  templateReviewMs: number | null
  /** What is scheduled; cleared when the sandbox stops or forgets everything. */
  timers: Set<NodeJS.Timeout>
  /** Receipts a script keeps back. */
  held: (() => void)[]
}

export function nowMs(provider: Provider): number {
  return provider.clock.now().getTime()
}

/** Meta counts in whole seconds, as text. */
export function secondsText(ms: number): string {
  return String(Math.floor(ms / 1_000))
}

/** Runs later, unless the sandbox stops or forgets everything before. Failures end in the log: there is nobody else to tell. */
export function later(provider: Provider, ms: number, work: () => unknown): void {
  const timer = setTimeout(() => {
    provider.timers.delete(timer)
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => provider.log.warn({ error }, 'a scheduled step failed'))
  }, ms)
  provider.timers.add(timer)
}

/** One request to post. Account-level fields have no number. */
export interface WebhookPost {
  wabaId: string
  phoneNumberId: string | null
  entries: readonly Entry[]
  /** What it carries, such as `message:<wamid>`. */
  items: readonly string[]
}

/** Posts changes of one number in one body. Nothing is posted for a number whose account has not subscribed. */
export async function postChanges(
  provider: Provider,
  number: BusinessNumber,
  changes: readonly Change[],
  items: readonly string[],
  copies = 1,
): Promise<string[]> {
  if (!number.subscribed) return []
  const { wabaId, phoneNumberId } = number
  return postWebhooks(provider, [{ wabaId, phoneNumberId, entries: [{ id: wabaId, changes: [...changes] }], items }], copies)
}

/** @returns the ids, when all are on the disk and queued; whether they were answered is told by the journal */
export async function postWebhooks(provider: Provider, posts: readonly WebhookPost[], copies = 1): Promise<string[]> {
  const webhooks = posts.flatMap((post): PendingWebhook[] => {
    const body = escapedJson(webhookBody(post.entries))
    const { wabaId, phoneNumberId } = post
    return Array.from({ length: copies }, () => ({
      id: `wh_${randomBytes(8).toString('hex')}`,
      wabaId,
      phoneNumberId,
      body,
      items: [...post.items],
    }))
  })
  await provider.ledger.record(...webhooks.map((webhook) => ({ t: 'webhook' as const, webhook })))
  for (const webhook of webhooks) enqueueWebhook(provider, webhook)
  return webhooks.map((webhook) => webhook.id)
}

/** Waits until these webhooks were answered or given up, but not for ever. */
export async function untilSettled(provider: Provider, webhookIds: readonly string[], withinMs: number): Promise<void> {
  const { webhooks } = provider.ledger.world
  const deadline = monotonicMs() + withinMs
  while (webhookIds.some((id) => webhooks.has(id)) && monotonicMs() < deadline) await pause(2)
}

/** Also used at start for what the last process left unanswered. */
export function enqueueWebhook(provider: Provider, webhook: PendingWebhook): void {
  provider.poster.enqueue({
    id: webhook.id,
    body: webhook.body,
    items: webhook.items,
    target: () => targetOf(provider, webhook),
    onSettled: (outcome) => void settleWebhook(provider, webhook, outcome),
  })
}

function targetOf(provider: Provider, webhook: PendingWebhook): { url: string; appSecret: string } | null {
  const { world } = provider.ledger
  const number = webhook.phoneNumberId === null ? world.numbersOfWaba(webhook.wabaId)[0] : world.numbers.get(webhook.phoneNumberId)
  return { url: number?.webhookUrl ?? provider.app.webhookUrl, appSecret: number?.appSecret ?? provider.app.appSecret }
}

async function settleWebhook(
  provider: Provider,
  webhook: PendingWebhook,
  outcome: { delivered: boolean; status: number; tries: number },
): Promise<void> {
  const { items, id } = webhook
  try {
    const fact = outcome.delivered
      ? ({ kind: 'webhook.answered', webhookId: id, status: outcome.status, tries: outcome.tries, items } as const)
      : ({ kind: 'webhook.dropped', webhookId: id, tries: outcome.tries, items } as const)
    const reached = outcome.delivered ? items.flatMap((item) => tickOf(provider, item)) : []
    await Promise.all([provider.journal.append(fact), provider.ledger.record({ t: 'webhook_done', id }, ...reached)])
  } catch (error) {
    provider.log.warn({ error, webhookId: id }, 'the outcome of a webhook was not written down')
  }
}

/** The customer's own message gets its second tick when the business's system has taken it. */
function tickOf(provider: Provider, item: string) {
  const message = item.startsWith('message:') ? provider.ledger.world.messages.get(item.slice('message:'.length)) : undefined
  if (message?.direction !== 'inbound' || message.status !== 'sent') return []
  const { wamid, phoneNumberId, customerId } = message
  setImmediate(() => provider.live.publish(phoneNumberId, customerId, { type: 'message', wamid }))
  return [{ t: 'message_changed' as const, wamid, change: { status: 'delivered' as const } }]
}
