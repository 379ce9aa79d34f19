import type { InboundContent } from '#channels/connector.ts'
import { previewOf } from './preview.ts'

/**
 * The line of the conversation list for what a customer sent: its own words, up to `LIMITS.previewChars`. Empty when it has none
 * (a photo without caption, a sticker): the list then says what kind it is, in the reader's language.
 */
export function receivedPreview(content: InboundContent): string {
  return previewOf(content.text || wordsOf(content))
}

function wordsOf({ location, contacts, order, choice, media, provider }: InboundContent): string {
  if (choice) return choice.title ?? ''
  if (location) return [location.name, location.address].filter(Boolean).join(', ')
  if (contacts) return contacts.map((card) => card.name).join(', ')
  if (order) return order.text ?? ''
  return media?.fileName ?? provider?.title ?? ''
}
