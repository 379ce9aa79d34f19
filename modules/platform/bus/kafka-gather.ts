import type { Fetched } from './outcomes.ts'

/** What one partition has ready. */
export interface Chunk {
  messages: readonly Fetched[]
}

interface Waiting<C> {
  chunk: C
  resolve(): void
  reject(error: unknown): void
}

/**
 * Joins what several partitions have at the same time into one call of the handler, because a handler's cost is its
 * transaction, not its messages. kafkajs runs partitions side by side; each gives one chunk and waits, so order per key holds.
 */
export class Gather<C extends Chunk> {
  private readonly waiting: Waiting<C>[] = []
  private readonly maxMessages: number
  private readonly handle: (chunks: readonly C[]) => Promise<void>
  private isRunning = false

  constructor(maxMessages: number, handle: (chunks: readonly C[]) => Promise<void>) {
    this.maxMessages = maxMessages
    this.handle = handle
  }

  /** Resolves when these messages are handled; rejects when the call they were in threw. */
  add(chunk: C): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ chunk, resolve, reject })
      if (!this.isRunning) void this.run()
    })
  }

  private async run(): Promise<void> {
    this.isRunning = true
    // The other partitions of the same fetch hand over theirs in this turn of the event loop.
    await new Promise(setImmediate)
    while (this.waiting.length > 0) {
      const batch = this.take()
      try {
        await this.handle(batch.map(({ chunk }) => chunk))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.isRunning = false
  }

  private take(): Waiting<C>[] {
    let count = 0
    let messages = 0
    for (const { chunk } of this.waiting) {
      if (count > 0 && messages + chunk.messages.length > this.maxMessages) break
      messages += chunk.messages.length
      count++
    }
    return this.waiting.splice(0, count)
  }
}
