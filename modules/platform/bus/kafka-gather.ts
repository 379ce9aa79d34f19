import type { Fetched } from './outcomes.ts'

interface Waiting {
  messages: readonly Fetched[]
  resolve(): void
  reject(error: unknown): void
}

/**
 * Joins what several partitions have at the same time into one call of the handler, because a handler's cost is its
 * transaction, not its messages. kafkajs runs partitions side by side; each gives one chunk and waits, so order per key holds.
 */
export class Gather {
  private readonly waiting: Waiting[] = []
  private readonly maxMessages: number
  private readonly handle: (messages: readonly Fetched[]) => Promise<void>
  private isRunning = false

  constructor(maxMessages: number, handle: (messages: readonly Fetched[]) => Promise<void>) {
    this.maxMessages = maxMessages
    this.handle = handle
  }

  /** Resolves when these messages are handled; rejects when the call they were in threw. */
  add(messages: readonly Fetched[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject })
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
        await this.handle(batch.flatMap(({ messages }) => messages))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.isRunning = false
  }

  private take(): Waiting[] {
    let count = 0
    let messages = 0
    for (const one of this.waiting) {
      if (count > 0 && messages + one.messages.length > this.maxMessages) break
      messages += one.messages.length
      count++
    }
    return this.waiting.splice(0, count)
  }
}
