import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { monotonicMs } from '#platform/clock.ts'
import type { WebhookDelivery } from '../options.ts'
import { signatureOf } from './sign.ts'

/** One body on its way to the business. Where it goes is asked at every try, since a restarted receiver may have moved. */
export interface WebhookJob {
  id: string
  body: string
  items: readonly string[]
  target: () => { url: string; appSecret: string } | null
  /** Replaces the signature: for forged requests. */
  headers?: Record<string, string>
  /** Called once, after the last try. `status` is 0 when nothing answered. */
  onSettled: (outcome: { delivered: boolean; status: number; tries: number }) => void
}

export interface PosterFigures {
  waiting: number
  retrying: number
  inFlight: number
  delivered: number
  refused: number
  dropped: number
}

/**
 * Posts webhooks as Meta does: many at a time, at least once, again with growing gaps until 2xx, in no promised order.
 * Meta goes on for up to seven days; here the number of tries is bounded and the gaps are short.
 */
export class Poster {
  /** A queue: taken from `head` on, cut when half of it is taken (shifting a long array each time is slow). */
  private waiting: { job: WebhookJob; tries: number }[] = []
  private head = 0
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  private inFlight = 0
  private stopped = false
  private readonly counts = { delivered: 0, refused: 0, dropped: 0 }

  constructor(private readonly options: WebhookDelivery) {}

  enqueue(job: WebhookJob): void {
    this.waiting.push({ job, tries: 0 })
    this.pump()
  }

  figures(): PosterFigures {
    return { waiting: this.waiting.length - this.head, retrying: this.timers.size, inFlight: this.inFlight, ...this.counts }
  }

  /** Forgets everything that waits; what is in the air comes to its end unheard. */
  clear(): void {
    this.waiting = []
    this.head = 0
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }

  stop(): void {
    this.stopped = true
    this.clear()
    this.agents.http.destroy()
    this.agents.https.destroy()
  }

  private pump(): void {
    while (!this.stopped && this.inFlight < this.options.concurrency) {
      const next = this.waiting[this.head]
      if (!next) return
      this.head += 1
      if (this.head * 2 > this.waiting.length) {
        this.waiting = this.waiting.slice(this.head)
        this.head = 0
      }
      this.inFlight += 1
      void this.attempt(next.job, next.tries + 1).finally(() => {
        this.inFlight -= 1
        this.pump()
      })
    }
  }

  private async attempt(job: WebhookJob, tries: number): Promise<void> {
    const target = job.target()
    const status = target ? await this.post(target, job).catch(() => 0) : 0
    if (this.stopped) return
    if (status >= 200 && status < 300) {
      this.counts.delivered += 1
      return job.onSettled({ delivered: true, status, tries })
    }
    this.counts.refused += 1
    if (tries < this.options.tries) return this.again(job, tries)
    this.counts.dropped += 1
    job.onSettled({ delivered: false, status, tries })
  }

  /** The second try comes at once, later ones after 1, 2, 4, … gaps up to the largest, each a little off so that they spread. */
  private again(job: WebhookJob, tries: number): void {
    const gap = tries === 1 ? 0 : Math.min(this.options.maxGapMs, this.options.firstGapMs * 2 ** Math.min(tries - 2, 20))
    const timer = setTimeout(
      () => {
        this.timers.delete(timer)
        this.waiting.push({ job, tries })
        this.pump()
      },
      gap * (0.8 + Math.random() * 0.4),
    )
    this.timers.add(timer)
  }

  private post(target: { url: string; appSecret: string }, job: WebhookJob): Promise<number> {
    const { promise, resolve, reject } = settable<number>()
    const secure = target.url.startsWith('https:')
    const request = (secure ? httpsRequest : httpRequest)(target.url, {
      method: 'POST',
      agent: secure ? this.agents.https : this.agents.http,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(job.body),
        'user-agent': 'facebookexternalua',
        accept: '*/*',
        'x-hub-signature-256': signatureOf(job.body, target.appSecret),
        ...job.headers,
      },
    })
    request.setTimeout(this.options.timeoutMs, () => request.destroy(new Error('the receiver took too long')))
    request.on('error', reject)
    request.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', reject)
    })
    request.end(job.body)
    return promise
  }
}

/** Asks a callback address whether it is ours, as Meta does before it saves one. @returns why not, or null */
export async function handshake(url: string, verifyToken: string): Promise<string | null> {
  const challenge = String(Math.floor(monotonicMs() * 1_000))
  const asked = new URL(url)
  asked.searchParams.set('hub.mode', 'subscribe')
  asked.searchParams.set('hub.verify_token', verifyToken)
  asked.searchParams.set('hub.challenge', challenge)
  try {
    const answer = await fetch(asked, { signal: AbortSignal.timeout(10_000), redirect: 'manual' })
    if (answer.status !== 200) return `HTTP Status Code = ${answer.status}; HTTP Message = ${answer.statusText}`
    return (await answer.text()) === challenge ? null : 'The challenge was not answered.'
  } catch {
    return 'The address did not answer.'
  }
}

function settable<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((accept, refuse) => {
    resolve = accept
    reject = refuse
  })
  return { promise, resolve, reject }
}
