import { LIMITS } from '#platform/limits.ts'
import type { InboundEvent, Person } from '../connector.ts'
import { type Change, unsupported } from './change.ts'
import { contentOf } from './parse-content.ts'
import { contextOf } from './parse-context.ts'
import { parseSystem } from './parse-system.ts'
import { type Fields, fields, id, providerTime, text } from './read.ts'

/** Whose word a message is: the customer's, or the business's own from its phone app (sections 5, 9). */
export interface Speaker {
  /** The customer, whichever side wrote. */
  person: Person
  fromBusiness: boolean
  history?: true
}

/**
 * One entry of `messages[]`, `message_echoes[]` or a history thread becomes one event.
 * @param errors of the whole `value`: they explain a message that came without its content
 */
export function parseMessage(change: Change, message: Fields, speaker: Speaker, errors: readonly unknown[] = []): InboundEvent {
  const { person, fromBusiness, history } = speaker
  const at = providerTime(message.timestamp)
  const externalId = id(message.id)
  if (externalId === undefined) return unsupported(change, 'a message without an id', at)
  if (message.type === 'system') return parseSystem(change, message, externalId, person)
  if (person.identities.length === 0) return unsupported(change, `message ${externalId} names nobody`, at)

  const base = { account: change.account, providerTime: at, person, externalId }
  const aside = asideOf(message)
  if (aside) {
    if (aside.targetExternalId === undefined) return unsupported(change, `${aside.type} ${externalId} names no message`, at)
    return { ...base, ...aside, targetExternalId: aside.targetExternalId, fromBusiness }
  }
  const said = { content: contentOf(message, errors), context: contextOf(message), ...(history && { history }) }
  return { ...base, type: fromBusiness ? 'echo' : 'message', ...said }
}

/** A word about an earlier message rather than a message of its own: a reaction, an edit, a withdrawal. */
function asideOf(message: Fields) {
  const reaction = fields(message.reaction)
  const edit = fields(message.edit)
  switch (message.type) {
    case 'reaction':
      // Missing or empty: taken back.
      return {
        type: 'reaction',
        targetExternalId: id(reaction.message_id),
        emoji: text(reaction.emoji, LIMITS.emojiChars) ?? null,
      } as const
    case 'edit':
      return { type: 'edit', targetExternalId: id(edit.original_message_id), content: contentOf(fields(edit.message)) } as const
    case 'revoke':
      return { type: 'revoke', targetExternalId: id(fields(message.revoke).original_message_id) } as const
    default:
      return undefined
  }
}
