import http from 'node:http'
import { isMessage, TEXT_PATTERN, tenantOf, type WebhookPlan } from './webhooks.ts'

/** A screen that is open: whose it is, and in which workspace. */
export interface Viewer {
  cookie: string
  /** The tenant's number (names.ts). */
  tenant: number
}

/** What screens were shown of one run; milliseconds from when a webhook was due to its frame. */
export interface Watched {
  latencies: Float64Array
  /** Messages that were due on a screen, counted once per screen, and did not come. */
  missing: number
}

const GIVE_UP_MS = 30_000

/** Streams of live events, as many as there are viewers, that note when each message of a run is first shown. */
export class Watch {
  private readonly viewersOf = new Map<number, number>()
  private readonly agent = new http.Agent({ keepAlive: false, maxSockets: 2_000 })
  private plan: WebhookPlan | undefined
  private dueAt: number[] = []
  private seen = new Set<string>()
  private latencies: number[] = []
  private expected = 0
  private ended = 0

  /** Opens all streams, a few at a time, and resolves when each is answered. */
  async open(url: string, viewers: readonly Viewer[]): Promise<void> {
    for (let first = 0; first < viewers.length; first += 10) {
      await Promise.all(viewers.slice(first, first + 10).map((viewer, at) => this.openOne(url, viewer, first + at)))
    }
  }

  begin(plan: WebhookPlan): void {
    this.plan = plan
    this.dueAt = []
    this.seen = new Set()
    this.latencies = []
    this.expected = 0
  }

  noteDue(n: number, dueAt: number): void {
    this.dueAt[n] = dueAt
    if (this.plan && isMessage(n)) this.expected += this.viewersOf.get(tenantOf(this.plan, n)) ?? 0
  }

  /** Waits for what is still on its way, as long as a patient person would. */
  async finish(): Promise<Watched> {
    const givenUpAt = performance.now() + GIVE_UP_MS
    while (this.latencies.length < this.expected && performance.now() < givenUpAt) await new Promise((resolve) => setTimeout(resolve, 20))
    if (this.ended > 0) throw new Error(`${this.ended} event streams ended by themselves`)
    return { latencies: Float64Array.from(this.latencies), missing: this.expected - this.latencies.length }
  }

  private openOne(url: string, viewer: Viewer, at: number): Promise<void> {
    this.viewersOf.set(viewer.tenant, (this.viewersOf.get(viewer.tenant) ?? 0) + 1)
    return new Promise((resolve, reject) => {
      const request = http.get(`${url}/events`, {
        agent: this.agent,
        headers: { cookie: viewer.cookie, accept: 'text/event-stream' },
      })
      request.on('error', (error) => reject(error))
      request.on('response', (response) => {
        if (response.statusCode !== 200) return reject(new Error(`/events answered ${response.statusCode}`))
        response.setEncoding('utf8')
        let rest = ''
        response.on('data', (piece: string) => {
          const frames = (rest + piece).split('\n\n')
          rest = frames.pop() ?? ''
          for (const frame of frames) this.note(frame, at)
        })
        response.on('error', () => undefined)
        response.on('end', () => this.ended++)
        resolve()
      })
    })
  }

  private note(frame: string, at: number): void {
    if (!frame.includes('"type":"message"')) return
    const [, run, n] = TEXT_PATTERN.exec(frame) ?? []
    if (run !== this.plan?.run || n === undefined) return
    const key = `${at}/${n}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.latencies.push(performance.now() - (this.dueAt[Number(n)] ?? Number.NaN))
  }
}
