import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapedJson, rawNumber, signatureOf } from './sign.ts'

test('any value survives, in ASCII alone', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const body = escapedJson({ value })
      expect(body).toMatch(/^[\x20-\x7e]*$/)
      expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify({ value })))
    }),
  )
})

test('the signature covers every byte', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ minLength: 1 }), fc.nat(), (text, secret, at) => {
      const body = escapedJson({ text })
      const signature = signatureOf(body, secret)
      expect(signature).toBe(`sha256=${createHmac('sha256', secret).update(Buffer.from(body, 'latin1')).digest('hex')}`)
      const bytes = Buffer.from(body)
      const position = at % bytes.length
      bytes[position] = (bytes[position] ?? 0) ^ 1
      expect(signatureOf(bytes, secret)).not.toBe(signature)
      expect(signatureOf(body, `${secret}x`)).not.toBe(signature)
    }),
  )
})

test('a receiver that parses and writes the body again gets other bytes', () => {
  const body = escapedJson({ name: 'Ümit', body: '🌿' })
  expect(body).toBe('{"name":"\\u00dcmit","body":"\\ud83c\\udf3f"}')
  expect(JSON.stringify(JSON.parse(body))).not.toBe(body)
})

test('a number beyond 2^53 is written digit by digit', () => {
  expect(escapedJson({ id: rawNumber('12345678901234567890') })).toBe('{"id":12345678901234567890}')
})
