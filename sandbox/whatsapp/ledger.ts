import { join } from 'node:path'
import { AppendLog } from '../append-log.ts'
import { World, type WorldEntry } from './world.ts'

/** The file is rewritten as a snapshot when it has outgrown the last one by this much, bytes. */
const GROWTH_BYTES = 32_000_000

/** The world and the file it survives in. */
export class Ledger {
  readonly world = new World()
  private compacting = false
  private snapshotBytes = 0

  private constructor(private readonly file: AppendLog) {}

  static async open(dataDir: string | undefined): Promise<Ledger> {
    const { log, lines } = await AppendLog.open(dataDir === undefined ? undefined : join(dataDir, 'world.jsonl'))
    const ledger = new Ledger(log)
    for (const line of lines) ledger.world.apply(line as WorldEntry)
    if (lines.length > 0) await ledger.compact()
    return ledger
  }

  /** Changes the world at once. @returns when the change is on the disk */
  async record(...entries: readonly WorldEntry[]): Promise<void> {
    for (const entry of entries) this.world.apply(entry)
    const written = this.file.append(entries)
    if (this.file.sizeBytes - this.snapshotBytes > GROWTH_BYTES && !this.compacting) await this.compact()
    await written
  }

  async clear(): Promise<void> {
    this.world.clear()
    await this.compact()
  }

  close(): Promise<void> {
    return this.file.close()
  }

  private async compact(): Promise<void> {
    this.compacting = true
    await this.file.replace(() => this.world.snapshot())
    this.snapshotBytes = this.file.sizeBytes
    this.compacting = false
  }
}
