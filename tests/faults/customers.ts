import { pause, systemClock } from '#platform/clock.ts'
import type { InboundInput } from '#sandbox/control/inbound.ts'
import { seededRandom, shuffled } from '#sandbox/random.ts'
import { IDENTITY_MIXES, mixedChange } from './mixed-identities.ts'
import type { BuiltNumber, BuiltPopulation, Person } from './population.ts'
import type { ProviderClient } from './provider.ts'

/** A message a customer wrote, and what carried it. Its text is its token, so that it can be counted without any id. */
export interface WrittenMessage {
  token: string
  wamid: string
  person: Person
}

/** What the customers of a run did; the checks compare it with the database. */
export interface CustomersRecord {
  written: Map<string, WrittenMessage>
  /** Wamids by the webhook that carried them, for webhooks whose journal entries name no message. */
  byWebhook: Map<string, string[]>
  /** Marks of bodies that were signed and make no sense, with the answer each got. */
  nonsense: { mark: string; status: number }[]
}

interface Options {
  provider: ProviderClient
  population: BuiltPopulation
  seed: number
  messagesPerSecond: number
  /** In which everybody has written for the first time, ms. */
  debutsWithinMs: number
  /** Until then only the first tenant's people write, ms. */
  aloneMs: number
}

type Message = InboundInput['messages'][number]

const TICK_MS = 250
/** How far back a message may be dated, seconds: people's words overtake each other. */
const DISORDER_S = 90
/** Updates in one body, every so many ticks. */
const BURST = { updates: 300, everyTicks: 80 }

/** Customers who write, often at once, under changing names, twice or three times the same, in no order. */
export class Customers {
  readonly record: CustomersRecord = { written: new Map(), byWebhook: new Map(), nonsense: [] }
  readonly #options: Options
  readonly #random: () => number
  readonly #waiting: Person[]
  readonly #known: Person[] = []
  readonly #problems: unknown[] = []
  /** The last calls, some of which are made again much later. */
  readonly #said: InboundInput[] = []
  #count = 0
  #ticks = 0

  constructor(options: Options) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    const [first = [], ...others] = options.population.tenants.map(({ people }) => people)
    this.#waiting = [...first, ...shuffled(others.flat(), this.#random)]
  }

  /** Writes until the signal says stop; whoever has not written until then does so at the end. */
  async run(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now()
    const everybody = this.#waiting.length
    while (!signal.aborted) {
      const at = performance.now() - startedAt
      const due = Math.ceil((everybody * at) / this.#options.debutsWithinMs) - this.#known.length
      await this.#post([...this.#debuts(due), ...this.#chatter(at), ...this.#oddities()])
      await pause(Math.max(20, this.#ticks * TICK_MS - (performance.now() - startedAt)), signal)
    }
    while (this.#waiting.length > 0) await this.#post(this.#debuts(20))
    if (this.#problems.length > 0) throw this.#problems[0]
  }

  /** Calls of one tick run at once; the sandbox never dies, so a failing call is a mistake of this suite. */
  async #post(calls: (() => Promise<void>)[]): Promise<void> {
    this.#ticks += 1
    const results = await Promise.allSettled(calls.map((call) => call()))
    for (const result of results) if (result.status === 'rejected') this.#problems.push(result.reason)
  }

  /** First messages of a person: several at once, on every number of the company, under each of their names. */
  #debuts(count: number): (() => Promise<void>)[] {
    return this.#waiting.splice(0, Math.max(0, count)).flatMap((person) => {
      this.#known.push(person)
      const { numbers } = this.#tenantOf(person)
      return shuffled([...IDENTITY_MIXES, 'both' as const], this.#random).map((mix) => {
        const message = this.#write(person)
        return () => this.#postMixed([{ message, mix, number: this.#pick(numbers) }])
      })
    })
  }

  #chatter(at: number): (() => Promise<void>)[] {
    const isAlone = at < this.#options.aloneMs
    const writers = isAlone ? this.#known.filter(({ tenant }) => tenant === 0) : this.#known
    if (writers.length === 0) return []
    const count = Math.round((this.#options.messagesPerSecond * TICK_MS) / 1_000)
    if (this.#ticks % BURST.everyTicks === 39) return [this.#together(writers, BURST.updates)]
    const kind = this.#random()
    if (kind < 0.2) return [this.#together(writers, count)]
    if (kind < 0.3) return [this.#severalMixed(writers, count)]
    return [this.#oneByOne(writers, count)]
  }

  #oneByOne(writers: readonly Person[], count: number): () => Promise<void> {
    const messages = this.#messages(writers, count)
    const style = { copies: 1 + Math.floor(this.#random() * 3), shuffleSeed: Math.floor(this.#random() * 1e9) }
    return () => this.#postInbound({ messages, ...style })
  }

  /** All in one body, up to hundreds, for several numbers of several companies. */
  #together(writers: readonly Person[], count: number): () => Promise<void> {
    const messages = this.#messages(writers, count)
    const copies = this.#random() < 0.3 ? 2 : 1
    return () => this.#postInbound({ messages, together: true, copies })
  }

  #severalMixed(writers: readonly Person[], count: number): () => Promise<void> {
    const person = this.#pick(writers)
    const number = this.#pick(this.#tenantOf(person).numbers)
    const items = Array.from({ length: count }, () => ({ message: this.#write(person), mix: this.#pick(IDENTITY_MIXES), number }))
    return async () => {
      await this.#postMixed(items)
      await this.#postMixed([...items].reverse())
    }
  }

  /** Now and then something said before is said again, and something that makes no sense at all. */
  #oddities(): (() => Promise<void>)[] {
    const calls: (() => Promise<void>)[] = []
    const said = this.#said.length > 0 && this.#random() < 0.1 ? this.#pick(this.#said) : undefined
    if (said) calls.push(() => this.#postInbound({ ...said, copies: 1 }))
    if (this.#random() < 0.05) {
      const mark = `nonsense-${this.#count++}`
      calls.push(() => this.#postNonsense(mark))
    }
    return calls
  }

  #messages(writers: readonly Person[], count: number): Message[] {
    return Array.from({ length: count }, () => {
      const person = this.#pick(writers)
      const { token, wamid } = this.#write(person)
      const from = { waId: person.waId, userId: person.userId }
      const { phoneNumberId } = this.#pick(this.#tenantOf(person).numbers)
      const isPicture = this.#random() < 0.04
      const content = isPicture ? { type: 'image' as const, media: { caption: token } } : { type: 'text' as const, text: token }
      return { phoneNumberId, from, content, id: wamid, at: this.#someTimeAgo().toISOString() }
    })
  }

  #write(person: Person): WrittenMessage {
    const token = `m${this.#options.seed.toString(36)}x${this.#count++}`
    const message = { token, wamid: `wamid.${Buffer.from(`FAULTS${token}`).toString('base64')}`, person }
    this.record.written.set(message.wamid, message)
    return message
  }

  #someTimeAgo(): Date {
    const seconds = Math.floor(systemClock.now().getTime() / 1_000) - Math.floor(this.#random() * DISORDER_S)
    return new Date(seconds * 1_000)
  }

  async #postInbound(input: InboundInput): Promise<void> {
    this.#said.push(input)
    if (this.#said.length > 200) this.#said.shift()
    await this.#options.provider.post('inbound', input)
  }

  async #postMixed(
    items: readonly { message: WrittenMessage; mix: (typeof IDENTITY_MIXES)[number]; number: BuiltNumber }[],
  ): Promise<void> {
    const { wabaId, phoneNumberId } = items[0]?.number ?? { wabaId: '', phoneNumberId: '' }
    const changes = items.map(({ message, mix, number }) => mixedChange(message, mix, number, this.#someTimeAgo()))
    const { webhookIds } = await this.#options.provider.post<{ webhookIds: string[] }>('updates', { wabaId, phoneNumberId, changes })
    for (const id of webhookIds) {
      this.record.byWebhook.set(
        id,
        items.map(({ message }) => message.wamid),
      )
    }
  }

  async #postNonsense(mark: string): Promise<void> {
    const { status } = await this.#options.provider.post<{ status: number }>('raw', { body: `{"${mark}": [` })
    this.record.nonsense.push({ mark, status })
  }

  #tenantOf({ tenant }: Person) {
    const found = this.#options.population.tenants[tenant]
    if (!found) throw new Error(`there is no tenant ${tenant}`)
    return found
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T
  }
}
