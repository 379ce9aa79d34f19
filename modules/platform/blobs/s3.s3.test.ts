import { afterAll, expect, inject, test } from 'vitest'
import { newId } from '../ids.ts'
import { tenantBlobKey } from './port.ts'
import { createS3Blobs } from './s3.ts'

const blobs = createS3Blobs({ ...inject('s3'), region: 'us-east-1' })
afterAll(() => blobs.close())

const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes))

test('what was put is read back, whole or in part, until it is deleted', async () => {
  const key = tenantBlobKey(newId('tenant'), 'media', 'a.jpg')
  await blobs.put(key, bytesOf('0123456789'))
  expect(textOf(await blobs.get(key))).toBe('0123456789')
  expect(textOf(await blobs.get(key, { first: 2, last: 4 }))).toBe('234')
  await blobs.put(key, bytesOf('new'))
  expect(textOf(await blobs.get(key))).toBe('new')
  await blobs.delete(key)
  await blobs.delete(key)
  expect(await blobs.get(key)).toBeNull()
})

test('large files keep every byte', async () => {
  const key = tenantBlobKey(newId('tenant'), 'media', 'large.bin')
  const bytes = new Uint8Array(6_000_000).map((_, at) => at % 251)
  await blobs.put(key, bytes)
  expect(Buffer.compare(Buffer.from((await blobs.get(key)) ?? []), Buffer.from(bytes))).toBe(0)
})

test('a wrong bucket is an error, not an empty file', async () => {
  const elsewhere = createS3Blobs({ ...inject('s3'), bucket: 'no-such-bucket', region: 'us-east-1' })
  await expect(elsewhere.get(tenantBlobKey(newId('tenant'), 'media', 'a.jpg'))).rejects.toThrow()
  elsewhere.close()
})
