import { z } from 'zod'
import { defineEvent } from '#platform/events.ts'
import { idOf } from '#platform/ids.ts'

const conversation = { conversationId: idOf('conversation') }
const byConversation = (payload: { conversationId: string }) => payload.conversationId

/** A customer's message opened a new conversation. */
export const ConversationOpened = defineEvent(
  'conversation.opened',
  z.object({ ...conversation, contactId: idOf('contact'), version: z.number() }),
  byConversation,
)
/** A resolved conversation became open again, by a message or a person. */
export const ConversationReopened = defineEvent(
  'conversation.reopened',
  z.object({ ...conversation, by: z.string(), version: z.number() }),
  byConversation,
)
export const ConversationAssigned = defineEvent(
  'conversation.assigned',
  z.object({ ...conversation, assigneeId: idOf('member').nullable(), by: z.string(), version: z.number() }),
  byConversation,
)
export const ConversationResolved = defineEvent(
  'conversation.resolved',
  z.object({ ...conversation, by: z.string(), version: z.number() }),
  byConversation,
)
/** The list row changed without any of the above: read by the team, contact renamed, window moved. */
export const ConversationChanged = defineEvent(
  'conversation.changed',
  z.object({ ...conversation, changed: z.array(z.string()), version: z.number() }),
  byConversation,
)
