import { phoneDigits } from '#platform/phones.ts'
import type { InboundEvent } from '../connector.ts'
import { type Change, each } from './change.ts'
import { accountErrors } from './parse-account.ts'
import { parseMessage } from './parse-message.ts'
import { contactBook, type Names, personOf } from './parse-people.ts'
import { parseStatus } from './parse-statuses.ts'
import { type Fields, id, items } from './read.ts'

/** Field `messages`: what customers wrote and what became of what we wrote (sections 5 and 6). */
export function parseMessages(change: Change): InboundEvent[] {
  const { messages, statuses, errors } = change.value
  const contacts = contactBook(change.value)
  const events = [
    ...each(change, items(messages), (message) => {
      return parseMessage(change, message, { person: personOf(senderOf(message), contacts), fromBusiness: false }, items(errors))
    }),
    ...each(change, items(statuses), (status) => parseStatus(change, status, contacts)),
  ]
  // Errors explain the message that came without its content; where none did, they are about the account.
  const isExplained = events.some((event) => event.type === 'message' && event.content.kind === 'unsupported')
  return isExplained ? events : [...events, ...accountErrors(change, items(errors))]
}

/** Field `smb_message_echoes`: the business wrote from its phone app. `person` is the customer it wrote to. */
export function parseEchoes(change: Change): InboundEvent[] {
  const contacts = contactBook(change.value)
  return each(change, items(change.value.message_echoes), (message) => {
    return parseMessage(change, message, { person: personOf(receiverOf(change, message), contacts), fromBusiness: true })
  })
}

function senderOf(message: Fields): Names {
  return { waId: message.from, userId: message.from_user_id, parentUserId: message.from_parent_user_id }
}

/** The other side than the business's own number, which samples put on either. */
function receiverOf(change: Change, message: Fields): Names {
  const isToOurselves = phoneDigits(id(message.to) ?? '') === change.account.displayAddress
  const waId = isToOurselves ? message.from : message.to
  return { waId, userId: message.to_user_id, parentUserId: message.to_parent_user_id }
}
