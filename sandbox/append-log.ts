import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pause } from '#platform/clock.ts'

/** How long a write waits for company: a sync costs more than a line. Milliseconds. */
const GATHER_MS = 2

interface Waiting {
  text: string
  done: () => void
  failed: (error: unknown) => void
}

/**
 * A file of JSON lines that only grows: what `append` resolved for is on the disk, whatever kills the process next.
 * Writers share their fsync (group commit), so thousands of lines a second cost a few hundred syncs.
 * Without a path it keeps nothing and resolves at once.
 */
export class AppendLog {
  private handle: FileHandle | undefined
  private waiting: Waiting[] = []
  private flushing = false
  /** Whoever touches the file waits for the one before. */
  private turn: Promise<void> = Promise.resolve()
  /** Bytes in the file now; the owner compacts or rotates by it. */
  sizeBytes = 0

  private constructor(private readonly path: string | undefined) {}

  /** Opens the file and hands over what it holds. A line cut short by a kill is dropped: nobody was promised it. */
  static async open(path: string | undefined): Promise<{ log: AppendLog; lines: unknown[] }> {
    const log = new AppendLog(path)
    if (path === undefined) return { log, lines: [] }
    await mkdir(dirname(path), { recursive: true })
    const text = await readFile(path, 'utf8').catch(() => '')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    log.handle = await open(path, 'a', 0o600)
    log.sizeBytes = Buffer.byteLength(whole)
    if (whole.length < text.length) await log.handle.truncate(log.sizeBytes)
    return { log, lines: parseLines(whole) }
  }

  append(values: readonly unknown[]): Promise<void> {
    if (this.path === undefined || values.length === 0) return Promise.resolve()
    return new Promise((done, failed) => {
      this.waiting.push({ text: toLines(values), done, failed })
      if (!this.flushing) void this.flush()
    })
  }

  /**
   * Puts a snapshot in the place of everything before. It is taken when nobody writes, so it must hold every line handed to
   * `append` until then, the waiting ones included. A kill in between leaves the old file or the new one.
   */
  async replace(snapshot: () => Iterable<unknown>): Promise<void> {
    const path = this.path
    if (path === undefined) return
    await this.exclusively(async () => {
      const text = toLines(snapshot())
      const covered = this.waiting
      this.waiting = []
      const next = await open(`${path}.new`, 'w', 0o600)
      await next.writeFile(text)
      await next.datasync()
      await rename(`${path}.new`, path)
      await this.swap(next, Buffer.byteLength(text))
      for (const entry of covered) entry.done()
    })
  }

  /** Starts an empty file and keeps the full one as `<path>.1`. */
  async rotate(): Promise<void> {
    const path = this.path
    if (path === undefined) return
    await this.exclusively(async () => {
      await rename(path, `${path}.1`)
      await this.swap(await open(path, 'a', 0o600), 0)
    })
  }

  async close(): Promise<void> {
    await this.exclusively(async () => {
      await this.writeWaiting()
      await this.handle?.close()
      this.handle = undefined
    })
  }

  private async swap(next: FileHandle, sizeBytes: number): Promise<void> {
    await this.handle?.close()
    this.handle = next
    this.sizeBytes = sizeBytes
  }

  private async flush(): Promise<void> {
    this.flushing = true
    while (this.waiting.length > 0) {
      await pause(GATHER_MS)
      await this.exclusively(() => this.writeWaiting())
    }
    this.flushing = false
  }

  private async writeWaiting(): Promise<void> {
    const batch = this.waiting
    this.waiting = []
    if (batch.length === 0) return
    try {
      if (!this.handle) throw new Error(`${this.path} is closed`)
      const text = batch.map((entry) => entry.text).join('')
      await this.handle.appendFile(text)
      await this.handle.datasync()
      this.sizeBytes += Buffer.byteLength(text)
      for (const entry of batch) entry.done()
    } catch (error) {
      for (const entry of batch) entry.failed(error)
    }
  }

  private exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work)
    this.turn = done.catch(() => undefined)
    return done
  }
}

function toLines(values: Iterable<unknown>): string {
  let text = ''
  for (const value of values) text += `${JSON.stringify(value)}\n`
  return text
}

function parseLines(text: string): unknown[] {
  const lines: unknown[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      lines.push(JSON.parse(line))
    } catch {
      // A torn line in the middle: the disk filled up once. The lines around it are whole.
    }
  }
  return lines
}
