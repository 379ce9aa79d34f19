import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Capabilities } from '#channels/connector.ts'
import { newId } from '#platform/ids.ts'
import { safeFileName } from './file-name.ts'
import { parseFileUrl, signedFileUrl, verifyFileUrl } from './file-url.ts'
import { imageSize } from './image-size.ts'
import { detectType, outboundKind, problemOf } from './media-type.ts'

const limit = (maxBytes: number, ...mimeTypes: string[]) => ({ inbound: { maxBytes, mimeTypes }, outbound: { maxBytes, mimeTypes } })
const media: Capabilities['media'] = {
  image: limit(5_000, 'image/jpeg', 'image/png'),
  audio: limit(16_000, 'audio/mp4'),
  document: limit(20_000, '*'),
  sticker: limit(500, 'image/webp'),
}
const bytesOf = (text: string) => new TextEncoder().encode(text)
const picture = (format: 'png' | 'jpeg' | 'webp') =>
  sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer()

describe('the type of a file', () => {
  test('is told by its content, whatever it claims to be', async () => {
    expect(await detectType(await picture('png'), 'text/html')).toEqual({ mimeType: 'image/png', extension: 'png' })
    expect(await detectType(bytesOf('%PDF-1.7\n1 0 obj'), 'image/png')).toEqual({ mimeType: 'application/pdf', extension: 'pdf' })
  })

  test.each([
    ['a,b\n1,2', 'text/csv', 'text/csv'],
    ['<script>alert(1)</script>', 'text/html', 'text/plain'],
    ['<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', 'text/plain'],
    ['just words', '', 'text/plain'],
    ['\0\u0001\u0002', 'text/plain', 'application/octet-stream'],
  ])('%j claiming %j is %s', async (text, claimed, expected) => {
    expect((await detectType(bytesOf(text), claimed)).mimeType).toBe(expected)
  })

  test('a character cut at the end of what is looked at does not make text unreadable', async () => {
    expect((await detectType(bytesOf(`x${'é'.repeat(40_000)}`), 'text/plain')).mimeType).toBe('text/plain')
  })

  test('decides as which kind a channel takes it, or that it does not', () => {
    expect(outboundKind(media, 'image/png')).toBe('image')
    expect(outboundKind(media, 'image/webp')).toBe('document')
    expect(outboundKind({ image: media.image }, 'application/pdf')).toBeNull()
  })
})

test('the limit that a file breaks is named', () => {
  expect(problemOf(media, 'outbound', { kind: 'image', mimeType: 'image/png', sizeBytes: 5_000 })).toBeNull()
  expect(problemOf(media, 'outbound', { kind: 'image', mimeType: 'image/png', sizeBytes: 5_001 })).toMatchObject({
    limit: 'size',
    maxBytes: 5_000,
  })
  expect(problemOf(media, 'outbound', { kind: 'image', mimeType: 'image/gif', sizeBytes: 1 })).toMatchObject({
    limit: 'type',
    allowedTypes: ['image/jpeg', 'image/png'],
  })
  expect(problemOf(media, 'outbound', { kind: 'video', mimeType: 'video/mp4', sizeBytes: 1 })).toMatchObject({ limit: 'type' })
})

test('a picture’s size is how it is shown, turned as its EXIF says', async () => {
  expect(await imageSize(await picture('jpeg'))).toEqual({ width: 3, height: 2 })
  expect(
    await imageSize(
      await sharp(await picture('jpeg'))
        .withMetadata({ orientation: 6 })
        .toBuffer(),
    ),
  ).toEqual({ width: 2, height: 3 })
  expect(await imageSize(bytesOf('no picture'))).toBeNull()
})

test.each([
  ['../../etc/passwd', null, 'passwd'],
  ['C:\\Users\\budi\\foto.PNG', 'png', 'foto.PNG'],
  ['‮gpj.exe', 'exe', 'gpj.exe'],
  ['.htaccess', 'txt', 'htaccess.txt'],
  ['فاتورة.pdf', 'pdf', 'فاتورة.pdf'],
  ['a\nb"c.txt', 'txt', 'a b c.txt'],
  ['', 'jpg', 'file.jpg'],
  ['...', null, 'file'],
  ['photo', 'jpg', 'photo.jpg'],
])('the file name %j becomes safe', (name, extension, expected) => {
  expect(safeFileName(name, extension)).toBe(expected)
})

test('a file name is cut by characters and keeps its extension', () => {
  const cut = safeFileName(`${'🙂'.repeat(300)}.jpeg`, 'jpg')
  expect([...cut]).toHaveLength(240)
  expect(cut.endsWith('🙂.jpeg')).toBe(true)
})

describe('the address of a file', () => {
  const [tenantId, attachmentId, key] = [newId('tenant'), newId('attachment'), 'f0c4'] as const
  const now = new Date('2026-11-20T10:20:00Z')
  const url = signedFileUrl(key, tenantId, attachmentId, now)
  const address = parseFileUrl(url)
  if (!address) throw new Error('no address')

  test('opens its file for one to two hours and stays the same while a screen is redrawn', () => {
    expect(verifyFileUrl(key, address, now)).toBe(true)
    expect(signedFileUrl(key, tenantId, attachmentId, new Date('2026-11-20T10:59:00Z'))).toBe(url)
    expect(verifyFileUrl(key, address, new Date('2026-11-20T11:59:59Z'))).toBe(true)
    expect(verifyFileUrl(key, address, new Date('2026-11-20T12:00:00Z'))).toBe(false)
  })

  test('opens nothing once a character of it was changed, nor with another tenant’s key', () => {
    expect(verifyFileUrl(key, { ...address, attachmentId: newId('attachment') }, now)).toBe(false)
    expect(verifyFileUrl(key, { ...address, tenantId: newId('tenant') }, now)).toBe(false)
    expect(verifyFileUrl(key, { ...address, expires: address.expires + 1 }, now)).toBe(false)
    expect(verifyFileUrl(key, { ...address, signature: '' }, now)).toBe(false)
    expect(verifyFileUrl('other', address, now)).toBe(false)
  })

  test.each([
    '/files',
    `/files/${tenantId}`,
    `/files/${tenantId}/x?e=1&s=2`,
    `/files/${tenantId}/${attachmentId}/x`,
    `/other/${tenantId}/${attachmentId}`,
  ])('%s is none', (other) => expect(parseFileUrl(other)).toBeNull())
})
