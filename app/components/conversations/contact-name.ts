import type { ConversationListItem } from '#modules/conversations/types.ts'
import { addressWords } from './address-words.ts'

/** What to call a contact: their name, else their best address, else that we know neither. */
export function contactName({ name, address }: ConversationListItem['contact'], nameless: string): string {
  return name ?? (address === null ? nameless : addressWords(address))
}
