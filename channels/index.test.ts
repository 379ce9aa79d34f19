import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#platform/limits.ts'
import { CHANNEL_KINDS, ERROR_CLASSES, type RawRequest, UnparsableBody } from './connector.ts'
import { createConnectors, KNOWN_ERRORS } from './index.ts'

const connectors = createConnectors({ whatsapp: { graphUrl: 'https://graph.example.com/v25.0' } })
const request = (body: Uint8Array, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: '/',
  query: {},
  headers,
  body,
})
const NOW = new Date('2026-01-01T00:00:00Z')

/** What every connector promises, whatever its provider; a new one is held to it by being registered. */
describe.each(CHANNEL_KINDS)('%s', (kind) => {
  const connector = connectors[kind]

  test('is registered under its own name', () => {
    expect(connector.kind).toBe(kind)
  })

  test('takes nobody’s word without a signature, and throws at none', () => {
    const headers = fc.dictionary(fc.constantFrom('x-hub-signature-256', 'x-twilio-signature', 'authorization'), fc.string())
    fc.assert(
      fc.property(fc.uint8Array(), headers, fc.string(), (body, given, secret) => {
        expect(connector.verify(request(body, given), secret, NOW)).toBe(false)
      }),
    )
  })

  test('answers any body with events or says that it is not its provider’s', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (body) => {
          try {
            expect(Array.isArray(connector.parse(request(body)))).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(UnparsableBody)
          }
        },
      ),
    )
  })

  test('promises no file larger than the product keeps', () => {
    for (const media of Object.values(connector.capabilities.media)) {
      expect(Math.max(media.inbound.maxBytes, media.outbound.maxBytes)).toBeLessThanOrEqual(LIMITS.attachmentBytes)
    }
  })

  test('lists every error it may answer with once, each of a class that has a schedule', () => {
    const codes = KNOWN_ERRORS[kind].map((error) => error.code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const error of KNOWN_ERRORS[kind]) expect(ERROR_CLASSES).toContain(error.class)
  })
})
