import { z } from 'zod'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { CONVERSATION_VIEWS, LIST_STATUSES } from './types.ts'

export const ListConversations = z.object({
  view: z.enum(CONVERSATION_VIEWS),
  status: z.enum(LIST_STATUSES),
  cursor: z.string().max(LIMITS.cursorChars).optional(),
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).optional(),
})
export type ListConversations = z.infer<typeof ListConversations>

export const AssignConversation = z.object({ conversationId: idOf('conversation'), assigneeId: idOf('member').nullable() })
export type AssignConversation = z.infer<typeof AssignConversation>

export const MarkConversationRead = z.object({
  conversationId: idOf('conversation'),
  /** The highest sequence on the reader's screen; what came later stays unread. Absent: everything so far. */
  lastSequenceSeen: z.coerce.number().int().min(0).optional(),
})
export type MarkConversationRead = z.infer<typeof MarkConversationRead>
