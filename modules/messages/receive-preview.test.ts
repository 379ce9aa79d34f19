import { expect, test } from 'vitest'
import type { InboundContent } from '#channels/connector.ts'
import { LIMITS } from '#platform/limits.ts'
import { receivedPreview } from './receive-preview.ts'

const cards = [
  { name: 'Budi', phones: [], emails: [] },
  { name: 'Sari', phones: [], emails: [] },
]
test.each<[string, InboundContent, string]>([
  ['a text, on one line', { kind: 'text', text: 'Hi,\n where is\tmy order? ' }, 'Hi, where is my order?'],
  ['a caption', { kind: 'image', text: 'The broken part', media: { kind: 'image' } }, 'The broken part'],
  ['a document by its name', { kind: 'document', media: { kind: 'document', fileName: 'invoice.pdf' } }, 'invoice.pdf'],
  ['a photo without words: the list says what it is', { kind: 'image', media: { kind: 'image' } }, ''],
  ['a place', { kind: 'location', location: { latitude: 1, longitude: 2, name: 'Monas', address: 'Jakarta' } }, 'Monas, Jakarta'],
  ['a place without a name', { kind: 'location', location: { latitude: 1, longitude: 2 } }, ''],
  ['contact cards', { kind: 'contacts', contacts: cards }, 'Budi, Sari'],
  ['a choice', { kind: 'list', choice: { source: 'list', title: 'Express' } }, 'Express'],
  ['an order', { kind: 'order', order: { text: 'Two, please', items: [] } }, 'Two, please'],
  [
    'what the provider could not show',
    { kind: 'unsupported', provider: { code: '131051', title: 'Message type unknown' } },
    'Message type unknown',
  ],
])('the list shows %s', (_name, content, line) => {
  expect(receivedPreview(content)).toBe(line)
})

test('a long text is cut between characters, whatever they are made of', () => {
  const preview = receivedPreview({ kind: 'text', text: '👍'.repeat(500) })
  expect([...preview]).toHaveLength(LIMITS.previewChars)
  expect(preview).not.toMatch(/\p{Surrogate}/u)
})
