import { sequenceOf } from '#modules/realtime/cursor.ts'
import type { Frame } from '#modules/realtime/index.ts'
import { pause } from '#platform/clock.ts'
import type { BuiltTenant } from './population.ts'
import type { WebClient } from './web-client.ts'

/** A frame about a row, as the client got it. */
export interface SeenFrame {
  sequence: number
  type: 'conversation' | 'message' | 'delivery'
  rowId: string
  version: number
  /** Of a delivery. */
  state: string | null
  /** Counts the connections of this client. */
  connection: number
}

export interface StreamRecord {
  tenant: BuiltTenant
  /** Everything after this place was to be told; undefined when no connection ever came about. */
  startedAt: number | undefined
  frames: SeenFrame[]
  /** How far the client has come. */
  reached: number
  /** Places the connections began at, after the first. */
  resumedAt: number[]
  /** What must never be said in a run as short as this. */
  complaints: string[]
}

/** One screen: follows live events, and comes back with the last id it saw whenever the line breaks. */
export class Screen {
  readonly record: StreamRecord
  readonly #web: WebClient
  readonly #url: string
  readonly #stopping = new AbortController()
  #line = new AbortController()
  #lastEventId: string | null = null
  #connection = -1

  constructor(web: WebClient, webUrl: string, tenant: BuiltTenant) {
    this.#web = web
    this.#url = `${webUrl}/events`
    this.record = { tenant, startedAt: undefined, frames: [], reached: 0, resumedAt: [], complaints: [] }
  }

  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#follow().catch(() => undefined)
      await pause(200, this.#stopping.signal)
    }
  }

  /** The network goes away for a moment. */
  dropLine(): void {
    this.#line.abort()
  }

  stop(): void {
    this.#stopping.abort()
    this.#line.abort()
  }

  async #follow(): Promise<void> {
    this.#line = new AbortController()
    const headers: Record<string, string> = { ...this.#web.headers(this.record.tenant), accept: 'text/event-stream' }
    if (this.#lastEventId !== null) headers['last-event-id'] = this.#lastEventId
    const answer = await fetch(this.#url, { headers, signal: this.#line.signal })
    if (!answer.ok || !answer.body) return void (await answer.body?.cancel())
    this.#connection += 1
    if (this.#connection > 0) this.record.resumedAt.push(this.record.reached)
    const reader = answer.body.getReader()
    const decoder = new TextDecoder()
    let text = ''
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const blocks = (text + decoder.decode(read.value, { stream: true })).split('\n\n')
      // What a broken line cut in the middle counts as never sent.
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#take(block)
    }
  }

  #take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data === undefined) return
    const frame = JSON.parse(data) as Frame
    const sequence = sequenceOf(this.record.tenant.tenantId, frame.seq)
    if (sequence === undefined) return void this.record.complaints.push(`a frame carries the place ${frame.seq} of another tenant`)
    this.#lastEventId = frame.seq
    this.record.startedAt ??= sequence
    if (sequence < this.record.reached) this.record.complaints.push(`place ${sequence} came after ${this.record.reached}`)
    this.record.reached = Math.max(this.record.reached, sequence)
    if (frame.type === 'reset' || frame.type === 'removed') this.record.complaints.push(`${frame.type} at ${sequence}`)
    const row = rowOf(frame)
    if (row) this.record.frames.push({ sequence, connection: this.#connection, ...row })
  }
}

function rowOf(frame: Frame): Pick<SeenFrame, 'type' | 'rowId' | 'version' | 'state'> | null {
  if (frame.type === 'delivery') return { type: 'delivery', rowId: frame.deliveryId, version: frame.version, state: frame.state }
  if (frame.type !== 'conversation' && frame.type !== 'message') return null
  return { type: frame.type, rowId: frame.row.id, version: frame.row.version, state: null }
}
