import { expect, test } from 'vitest'
import type { FileRange, OpenedFile } from '#modules/files/index.ts'
import { fail, ok } from '#platform/result.ts'
import { fileResponse } from './files.ts'

const aFile: OpenedFile = {
  bytes: new Uint8Array([1, 2, 3, 4]),
  mimeType: 'video/mp4',
  fileName: 'clip.mp4',
  sizeBytes: 4,
  range: null,
  isInline: true,
}

async function get(given: Partial<OpenedFile> = {}, range?: string) {
  const asked: { url: string; range?: FileRange }[] = []
  const request = new Request('http://localhost/files/ten_1/att_1?e=1&s=abc', { headers: range ? { range } : {} })
  const response = await fileResponse(request, async (input) => {
    asked.push(input)
    return ok({ ...aFile, ...given })
  })
  return { response, header: (name: string) => response.headers.get(name), asked: asked[0] }
}

test('a file is given whole, and can do nothing in our name', async () => {
  const { response, header, asked } = await get()
  expect(asked).toEqual({ url: '/files/ten_1/att_1?e=1&s=abc', range: undefined })
  expect([response.status, header('content-type'), header('content-length')]).toEqual([200, 'video/mp4', '4'])
  expect([header('x-content-type-options'), header('content-security-policy')]).toEqual(['nosniff', expect.stringContaining('sandbox')])
})

test.each([
  ['bytes=2-', { first: 2 }],
  ['bytes=0-1', { first: 0, last: 1 }],
  ['bytes=-3', { first: -3 }],
  ['bytes=-', undefined],
  ['bytes=0-1,3-4', undefined],
  ['items=0-1', undefined],
])('%s asks for %j', async (range, part) => {
  expect((await get({}, range)).asked?.range).toEqual(part)
})

test('a part is named as one', async () => {
  const { response, header } = await get({ bytes: new Uint8Array([3]), range: { first: 2, last: 2 } }, 'bytes=2-2')
  expect([response.status, header('content-range'), header('content-length')]).toEqual([206, 'bytes 2-2/4', '1'])
})

test.each([
  ['clip.mp4', true, `inline; filename="clip.mp4"; filename*=UTF-8''clip.mp4`],
  ['صورة "1".pdf', false, `attachment; filename="____ _1_.pdf"; filename*=UTF-8''%D8%B5%D9%88%D8%B1%D8%A9%20%221%22.pdf`],
  ['a\r\nset-cookie: x.txt', false, `attachment; filename="a__set-cookie: x.txt"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20x.txt`],
  [null, false, 'attachment'],
])('%j is offered under its own name', async (fileName, isInline, disposition) => {
  expect((await get({ fileName, isInline })).header('content-disposition')).toBe(disposition)
})

test('an address that opens nothing is not found', async () => {
  const response = await fileResponse(new Request('http://localhost/files/x'), async () => fail('not_found'))
  expect(response.status).toBe(404)
})
