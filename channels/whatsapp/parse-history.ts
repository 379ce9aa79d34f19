import { phoneDigits } from '#platform/phones.ts'
import type { InboundEvent } from '../connector.ts'
import { type Change, each, unsupported } from './change.ts'
import { accountErrors } from './parse-account.ts'
import { parseMessage } from './parse-message.ts'
import { type ContactBook, contactBook, personOf } from './parse-people.ts'
import { type Fields, fields, id, items, providerTime } from './read.ts'

/**
 * Field `history`: up to 180 days of the phone app's conversations, told once after the number was connected. Its messages
 * are marked, so that they are imported with their own times and neither notify nor count as unread (W-36).
 */
export function parseHistory(change: Change): InboundEvent[] {
  const contacts = contactBook(change.value)
  const chunks = each(change, items(change.value.history), (chunk) => [
    ...each(change, items(chunk.threads), (thread) => threadEvents(change, thread, contacts)),
    ...accountErrors(change, items(chunk.errors)),
  ])
  // Recent media follow by themselves, in webhooks of this field that look like ordinary messages.
  const media = each(change, items(change.value.messages), (message) => historyEvent(change, message, {}, contacts))
  return [...chunks, ...media]
}

function threadEvents(change: Change, thread: Fields, contacts: ContactBook): InboundEvent[] {
  return each(change, items(thread.messages), (message) => historyEvent(change, message, thread, contacts))
}

function historyEvent(change: Change, message: Fields, thread: Fields, contacts: ContactBook): InboundEvent {
  if (message.type === 'media_placeholder') {
    // Kept as a message it would take the id, and the media that follows under the same id would be a duplicate.
    return unsupported(change, `media of ${id(message.id) ?? 'a message'} is not part of the history`, providerTime(message.timestamp))
  }
  const fromBusiness = isFromBusiness(change, message, thread)
  const waId = thread.id ?? (fromBusiness ? message.to : message.from)
  const userId = fields(thread.context).user_id ?? (fromBusiness ? message.to_user_id : message.from_user_id)
  const person = personOf({ waId, userId }, contacts)
  return parseMessage(change, message, { person, fromBusiness, history: true })
}

/** A thread is named after the customer; who wrote is told by `from` alone, and `to` is there only when it was the business. */
function isFromBusiness(change: Change, message: Fields, thread: Fields): boolean {
  const from = phoneDigits(id(message.from) ?? '')
  if (from === null) return false
  const customer = phoneDigits(id(thread.id) ?? '')
  return from === change.account.displayAddress || (customer === null ? message.to !== undefined : from !== customer)
}
