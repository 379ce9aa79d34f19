import { join } from 'node:path'
import type { Clock } from '#platform/clock.ts'
import { AppendLog } from './append-log.ts'

/**
 * What the provider can swear to afterwards: tests compare the product's database with it after every kill.
 * `send.accepted` is the moment the provider took a message; the answer may still have been lost on the way.
 */
export type JournalFact =
  | {
      kind: 'send.accepted'
      wamid: string
      phoneNumberId: string
      to: string
      customerId: string
      type: string
      /** `biz_opaque_callback_data`, the sender's own attempt id. */
      echo: string | null
      /** Whether free-form messages were allowed at that moment. */
      window: 'open' | 'closed' | 'unknown'
      /** What a script did to the answer; null = the sender got its 200. */
      answer: string | null
      request: unknown
    }
  | {
      kind: 'send.refused'
      phoneNumberId: string
      to: string | null
      echo: string | null
      code: number | null
      status: number
      scripted: boolean
    }
  | { kind: 'send.lost'; phoneNumberId: string; to: string | null; echo: string | null; how: string }
  | { kind: 'mark.read'; wamid: string; phoneNumberId: string; typing: boolean }
  | {
      kind: 'customer.message'
      wamid: string
      phoneNumberId: string
      customerId: string
      waId: string | null
      userId: string | null
      type: string
    }
  | { kind: 'receipt'; wamid: string; status: string; echo: string | null; code: number | null }
  | { kind: 'webhook.answered'; webhookId: string; status: number; tries: number; items: readonly string[] }
  | { kind: 'webhook.dropped'; webhookId: string; tries: number; items: readonly string[] }

export type JournalEntry = JournalFact & { seq: number; at: string }

/** Above this the file becomes `journal.jsonl.1` and a new one begins, bytes. */
const FILE_BYTES = 256_000_000

/** Append-only. In memory as text (a fifth of the objects' size), on disk when there is a directory. */
export class Journal {
  private lines: string[] = []
  private first = 1
  private last = 0

  private constructor(
    private readonly file: AppendLog,
    private readonly clock: Clock,
    private readonly kept: number,
  ) {}

  static async open(options: { dataDir: string | undefined; clock: Clock; kept: number }): Promise<Journal> {
    const path = options.dataDir === undefined ? undefined : join(options.dataDir, 'journal.jsonl')
    const { log, lines } = await AppendLog.open(path)
    const journal = new Journal(log, options.clock, options.kept)
    for (const line of lines) journal.keep(line as JournalEntry)
    return journal
  }

  /** @returns when the facts are on the disk */
  async append(...facts: readonly JournalFact[]): Promise<void> {
    const at = this.clock.now().toISOString()
    const entries = facts.map((fact, index) => ({ seq: this.last + 1 + index, at, ...fact }))
    for (const entry of entries) this.keep(entry)
    await this.file.append(entries)
    if (this.file.sizeBytes > FILE_BYTES) await this.file.rotate()
  }

  /** Entries after a sequence, oldest first. `oldest` above `after + 1` tells a reader that it came too late for some. */
  read(after: number, limit: number): { entries: JournalEntry[]; next: number; oldest: number } {
    const start = Math.max(0, after + 1 - this.first)
    const entries = this.lines.slice(start, start + limit).map((line) => JSON.parse(line) as JournalEntry)
    return { entries, next: entries.at(-1)?.seq ?? Math.max(after, this.last), oldest: this.first }
  }

  close(): Promise<void> {
    return this.file.close()
  }

  private keep(entry: JournalEntry): void {
    if (this.lines.length === 0) this.first = entry.seq
    this.lines.push(JSON.stringify(entry))
    this.last = entry.seq
    if (this.lines.length > this.kept * 1.2) {
      const dropped = this.lines.length - this.kept
      this.lines = this.lines.slice(dropped)
      this.first += dropped
    }
  }
}
