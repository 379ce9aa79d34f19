import { pause } from '#platform/clock.ts'
import { type Id, newId } from '#platform/ids.ts'
import { seededRandom } from '#sandbox/random.ts'
import type { BuiltTenant } from './population.ts'
import type { WebClient } from './web-client.ts'

/** A reply an agent wrote. */
export interface WrittenReply {
  tenant: BuiltTenant
  conversationId: string
  messageId: Id<'message'>
  text: string
  /** True once the web said so; what it never confirmed may be there or not. */
  isConfirmed: boolean
}

interface Options {
  web: WebClient
  tenants: readonly BuiltTenant[]
  seed: number
  repliesPerSecond: number
  /** Until then only the first tenant's agents answer, ms. */
  aloneMs: number
}

interface ListRow {
  id: string
  lastMessageSequence: number
}

/** A list is read again after this long, ms. */
const LIST_MS = 2_000
const MOST_WAITING = 16
const TRIES = 30

/** Agents who answer open conversations, and press Enter again, with the same message id, when no answer comes. */
export class Agents {
  readonly replies: WrittenReply[] = []
  /** Refusals by code: an honest screen is told what it missed. */
  readonly refusals = new Map<string, number>()
  readonly #options: Options
  readonly #random: () => number
  readonly #lists = new Map<number, { at: number; rows: ListRow[] }>()
  readonly #writing = new Set<Promise<void>>()

  constructor(options: Options) {
    this.#options = options
    this.#random = seededRandom(options.seed)
  }

  async run(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    while (!signal.aborted) {
      const isAlone = performance.now() - startedAt < this.#options.aloneMs
      const tenant = this.#options.tenants[isAlone ? 0 : Math.floor(this.#random() * this.#options.tenants.length)]
      if (tenant && this.#writing.size < MOST_WAITING) {
        const writing = this.#answerSomebody(tenant).finally(() => this.#writing.delete(writing))
        this.#writing.add(writing)
      }
      await pause((500 + this.#random() * 1_000) / this.#options.repliesPerSecond, signal)
    }
    await Promise.all(this.#writing)
  }

  async #answerSomebody(tenant: BuiltTenant): Promise<void> {
    const rows = await this.#listOf(tenant)
    const row = rows[Math.floor(this.#random() * rows.length)]
    if (!row) return
    const messageId = newId('message')
    const reply = { tenant, conversationId: row.id, messageId, text: `r${messageId.slice(4)}`, isConfirmed: false }
    let lastSequenceSeen = row.lastMessageSequence
    for (let tries = 0; tries < TRIES; tries++) {
      const content = { kind: 'text', text: reply.text }
      const answer = await this.#options.web.post(tenant, `/conversations/${row.id}/messages`, { messageId, lastSequenceSeen, content })
      if (tries === 0) this.replies.push(reply)
      if (answer.status === 200) {
        reply.isConfirmed = true
        return
      }
      const missed = answer.body.code === 'missed_messages' ? (answer.body.detail as { sequence: number }[]) : null
      if (missed) lastSequenceSeen = Math.max(lastSequenceSeen, ...missed.map(({ sequence }) => sequence))
      else if (answer.status >= 400 && answer.status < 500) return this.#note(answer.body.code ?? String(answer.status))
      await pause(missed ? 0 : 300 + this.#random() * 400)
    }
    this.#note('no answer')
  }

  #note(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
  }

  async #listOf(tenant: BuiltTenant): Promise<ListRow[]> {
    const known = this.#lists.get(tenant.n)
    if (known && performance.now() - known.at < LIST_MS) return known.rows
    const answer = await this.#options.web.get(tenant, '/conversations?view=all&status=open&limit=100')
    const rows = answer.status === 200 ? (answer.body.value as { items: ListRow[] }).items : (known?.rows ?? [])
    this.#lists.set(tenant.n, { at: performance.now(), rows })
    return rows
  }
}
