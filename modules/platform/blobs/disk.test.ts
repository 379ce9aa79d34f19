import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { createDiskBlobs } from './disk.ts'
import { tenantBlobKey } from './port.ts'

const root = mkdtempSync(join(tmpdir(), 'weft-blobs-'))
const blobs = createDiskBlobs(join(root, 'blobs'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const bytesOf = (text: string) => new TextEncoder().encode(text)

test('what was put is read back, whole or in part, until it is deleted', async () => {
  const key = tenantBlobKey(newId('tenant'), 'uploads', 'a.jpg')
  await blobs.put(key, bytesOf('0123456789'))
  expect(await blobs.get(key)).toEqual(Buffer.from('0123456789'))
  expect(await blobs.get(key, { first: 2, last: 4 })).toEqual(Buffer.from('234'))
  expect(await blobs.get(key, { first: 8, last: 99 })).toEqual(Buffer.from('89'))
  await blobs.put(key, bytesOf('new'))
  expect(await blobs.get(key)).toEqual(Buffer.from('new'))
  await blobs.delete(key)
  await blobs.delete(key)
  expect(await blobs.get(key)).toBeNull()
})

test('files are for us alone, and nothing temporary stays behind', async () => {
  const key = tenantBlobKey(newId('tenant'), 'media', 'b.bin')
  await blobs.put(key, bytesOf('x'))
  const path = join(root, 'blobs', key)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(path, '..'))).toEqual(['b.bin'])
})

test.each(['../etc/passwd', 'tenants/../../x', '/etc/passwd', 'a//b', 'a', 'a/.hidden', 'a/b\0', 'a\\..\\b', '', 'a/b/'])(
  'a key that could climb out of the root is refused: %j',
  async (key) => {
    await expect(blobs.put(key, bytesOf('x'))).rejects.toThrow('not a blob key')
    await expect(blobs.get(key)).rejects.toThrow('not a blob key')
    await expect(blobs.delete(key)).rejects.toThrow('not a blob key')
  },
)
