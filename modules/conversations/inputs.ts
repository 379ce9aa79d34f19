import { z } from 'zod'
import { cursorSchema } from '#platform/cursor.ts'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { CONVERSATION_VIEWS, LIST_STATUSES } from './types.ts'

/** Where a page of the list ends: (last message's time, conversation's uuid), both falling. */
export const ListPosition = z.tuple([z.iso.datetime(), z.uuid()])

export const ListConversations = z.object({
  view: z.enum(CONVERSATION_VIEWS),
  status: z.enum(LIST_STATUSES),
  cursor: cursorSchema(ListPosition).optional(),
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).optional(),
})
export type ListConversations = z.infer<typeof ListConversations>

export const AssignConversation = z.object({ conversationId: idOf('conversation'), assigneeId: idOf('member').nullable() })
export type AssignConversation = z.infer<typeof AssignConversation>

/** The highest sequence on the actor's screen; what came later they have not seen. Absent: they have seen everything. */
const lastSequenceSeen = z.coerce.number().int().min(0).optional()

export const ResolveConversation = z.object({ conversationId: idOf('conversation'), lastSequenceSeen })
export type ResolveConversation = z.infer<typeof ResolveConversation>

export const MarkConversationRead = z.object({ conversationId: idOf('conversation'), lastSequenceSeen })
export type MarkConversationRead = z.infer<typeof MarkConversationRead>
