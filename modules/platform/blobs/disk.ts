import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type BlobStore, checkedBlobKey } from './port.ts'

/**
 * Blobs as files under one directory, for one machine. A write is a temporary file, synced, renamed over its name, and then
 * its directory synced: after a crash the file is there as a whole or not at all, and a resolved `put` is never lost.
 */
export function createDiskBlobs(directory: string): BlobStore {
  const root = resolve(directory)
  const pathOf = (key: string) => join(root, checkedBlobKey(key))
  return {
    async put(key, bytes) {
      const path = pathOf(key)
      const folder = dirname(path)
      await makeFolder(folder)
      const temporary = join(folder, `.${randomBytes(8).toString('hex')}.part`)
      try {
        const file = await open(temporary, 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(temporary, path)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      await syncFolder(folder)
    },
    async get(key, range) {
      const file = await open(pathOf(key), 'r').catch(nullIfMissing)
      if (!file) return null
      try {
        if (!range) return await file.readFile()
        const buffer = Buffer.alloc(Math.max(0, range.last - range.first + 1))
        const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, range.first)
        return buffer.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },
    async delete(key) {
      await rm(pathOf(key), { force: true })
    },
  }
}

/** A new folder exists after a power cut only when the folder above it was synced as well. */
async function makeFolder(folder: string): Promise<void> {
  const created = await mkdir(folder, { recursive: true, mode: 0o700 })
  for (let at = folder; created !== undefined; at = dirname(at)) {
    await syncFolder(dirname(at))
    if (at === created) return
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function nullIfMissing(error: unknown): null {
  if ((error as { code?: string }).code === 'ENOENT') return null
  throw error
}
