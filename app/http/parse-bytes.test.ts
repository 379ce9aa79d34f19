import { expect, test } from 'vitest'
import { parseBytes } from './parse-bytes.ts'

const posted = (body: BodyInit, headers: HeadersInit = {}) =>
  new Request('http://localhost/api/uploads', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
const stream = (...sizes: number[]) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const size of sizes) controller.enqueue(new Uint8Array(size))
      controller.close()
    },
  })

test('a body of known or unknown length is read whole', async () => {
  expect(new TextDecoder().decode(await parseBytes(posted('hello'), 10))).toBe('hello')
  expect(await parseBytes(posted(stream(4, 6)), 10)).toHaveLength(10)
})

test('a body that is too long is refused, whatever it says of its length', async () => {
  await expect(parseBytes(posted('hello', { 'content-length': '11' }), 10)).rejects.toMatchObject({ status: 413 })
  await expect(parseBytes(posted(stream(4, 7)), 10)).rejects.toMatchObject({ status: 413 })
})
