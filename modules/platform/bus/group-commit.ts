import { monotonicMs, pause } from '../clock.ts'
import { BusUnavailable } from './port.ts'

export interface GroupCommitOptions<Entry> {
  /** How long the first entry waits for company. While a write is under way the next batch gathers by itself. */
  lingerMs: number
  maxEntries: number
  maxBytes: number
  /** What may wait in memory altogether; a call beyond it is refused at once. */
  maxBufferedBytes: number
  /** After so long a call is given up, written or not. */
  deadlineMs: number
  sizeOf(entry: Entry): number
  /** Writes all or throws; after throwing it is called again with the same entries, in the same order. */
  write(entries: readonly Entry[]): Promise<void>
  onFailure(error: unknown): void
}

interface Call {
  waiting: number
  isSettled: boolean
  settle(error?: Error): void
}

const RETRY_FIRST_MS = 25
const RETRY_MOST_MS = 500

/**
 * Joins the publish calls of a process into few writes, one at a time, so that order is kept and a thousand requests a second
 * cost a few hundred commits. A call is answered when all of its entries are written, or with `BusUnavailable` at its deadline.
 */
export class GroupCommit<Entry> {
  private readonly options: GroupCommitOptions<Entry>
  private readonly queue: { entry: Entry; call: Call; sizeBytes: number }[] = []
  private bufferedBytes = 0
  private running: Promise<void> | undefined
  private isClosed = false
  private lastError: unknown

  constructor(options: GroupCommitOptions<Entry>) {
    this.options = options
  }

  add(entries: readonly Entry[]): Promise<void> {
    if (this.isClosed) return Promise.reject(new BusUnavailable('the bus is closed'))
    const sizes = entries.map((entry) => this.options.sizeOf(entry))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (this.bufferedBytes + total > this.options.maxBufferedBytes) {
      return Promise.reject(new BusUnavailable(`${this.bufferedBytes} bytes wait to be published already`))
    }
    return new Promise((resolve, reject) => {
      const call = this.callOf(entries.length, resolve, reject)
      entries.forEach((entry, at) => {
        this.queue.push({ entry, call, sizeBytes: sizes[at] ?? 0 })
      })
      this.bufferedBytes += total
      this.running ??= this.run()
    })
  }

  /** Refuses further calls and waits until those accepted are answered, at most the deadline. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.running
  }

  private callOf(waiting: number, resolve: () => void, reject: (error: Error) => void): Call {
    const call: Call = {
      waiting,
      isSettled: false,
      settle: (error) => {
        if (call.isSettled) return
        call.isSettled = true
        clearTimeout(timer)
        if (error) reject(error)
        else resolve()
      },
    }
    const timer = setTimeout(() => {
      const why = this.lastError instanceof Error ? `: ${this.lastError.message}` : ''
      call.settle(new BusUnavailable(`not published within ${this.options.deadlineMs} ms${why}`, { cause: this.lastError }))
    }, this.options.deadlineMs)
    return call
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      if (this.queue.length < this.options.maxEntries) await pause(this.options.lingerMs)
      const batch = this.take()
      await this.writeUntilGivenUp(batch)
      for (const { sizeBytes } of batch) this.bufferedBytes -= sizeBytes
    }
    this.running = undefined
  }

  private take(): { entry: Entry; call: Call; sizeBytes: number }[] {
    let bytes = 0
    let count = 0
    for (const { sizeBytes } of this.queue) {
      if (count === this.options.maxEntries || (count > 0 && bytes + sizeBytes > this.options.maxBytes)) break
      bytes += sizeBytes
      count++
    }
    return this.queue.splice(0, count)
  }

  private async writeUntilGivenUp(batch: readonly { entry: Entry; call: Call }[]): Promise<void> {
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(waitMs * 2, RETRY_MOST_MS)) {
      const wanted = batch.filter(({ call }) => !call.isSettled)
      if (wanted.length === 0) return
      try {
        await this.options.write(wanted.map(({ entry }) => entry))
        this.lastError = undefined
        for (const { call } of wanted) if (--call.waiting === 0) call.settle()
        return
      } catch (error) {
        this.lastError = error
        this.options.onFailure(error)
        await pause(waitMs)
      }
    }
  }
}

/** Runs `work`, which must stop waiting for it after `ms`; what it does later is nobody's business any more. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const started = monotonicMs()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${Math.round(monotonicMs() - started)} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
