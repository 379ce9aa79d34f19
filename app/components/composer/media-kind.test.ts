import { expect, test } from 'vitest'
import type { Capabilities } from '#channels/connector.ts'
import { mediaKindOf } from './media-kind.ts'

const limit = (maxBytes: number, ...mimeTypes: string[]) => ({ inbound: { maxBytes, mimeTypes }, outbound: { maxBytes, mimeTypes } })
const capabilities = {
  media: {
    image: limit(5_000_000, 'image/jpeg', 'image/png'),
    video: limit(16_000_000, 'video/mp4'),
    document: limit(100_000_000, 'application/pdf'),
  },
} as unknown as Capabilities

test.each([
  ['a photo goes as a photo', { type: 'image/jpeg', size: 400_000 }, { kind: 'image' }],
  [
    'a photo too large for the channel is refused with its limit',
    { type: 'image/jpeg', size: 6_000_000 },
    { why: 'too_large', limitBytes: 5_000_000 },
  ],
  ['a PDF goes as a document', { type: 'application/pdf', size: 1_000 }, { kind: 'document' }],
  ['parameters of a type do not matter', { type: 'video/mp4; codecs=avc1', size: 1_000 }, { kind: 'video' }],
  ['nothing is larger than we keep', { type: 'application/pdf', size: 30_000_000 }, { why: 'too_large', limitBytes: 20_000_000 }],
  [
    'what no kind takes is refused with what would do',
    { type: 'video/webm', size: 9 },
    { why: 'wrong_type', allowed: 'jpeg, png, mp4, pdf' },
  ],
  ['an empty file is no file', { type: 'image/png', size: 0 }, { why: 'empty' }],
])('%s', (_what, file, outcome) => {
  expect(mediaKindOf(file, capabilities)).toEqual(outcome)
})
