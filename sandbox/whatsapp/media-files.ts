import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The bytes of media: one file each when there is a directory, else in memory. Ids are digits, so they are safe as file names. */
export class MediaFiles {
  private readonly memory = new Map<string, Uint8Array>()

  constructor(private readonly directory: string | undefined) {}

  async put(id: string, bytes: Uint8Array): Promise<void> {
    if (this.directory === undefined) {
      this.memory.set(id, bytes)
      return
    }
    await mkdir(this.directory, { recursive: true })
    const path = this.pathOf(id)
    const file = await open(`${path}.new`, 'w', 0o600)
    await file.writeFile(bytes)
    await file.datasync()
    await file.close()
    await rename(`${path}.new`, path)
  }

  async get(id: string): Promise<Uint8Array | undefined> {
    if (this.directory === undefined) return this.memory.get(id)
    return readFile(this.pathOf(id)).catch(() => undefined)
  }

  async delete(id: string): Promise<void> {
    this.memory.delete(id)
    if (this.directory !== undefined) await rm(this.pathOf(id), { force: true })
  }

  private pathOf(id: string): string {
    if (!/^\d+$/.test(id)) throw new Error(`not a media id: ${id.slice(0, 40)}`)
    return join(this.directory ?? '', id)
  }
}
