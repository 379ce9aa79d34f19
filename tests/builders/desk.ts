import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { listMessages, type MessageView, SendMessage, sendMessage } from '#modules/messages/index.ts'
import { heldClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import type { TestDatabase } from '#tests/setup/database.ts'
import { aChannelAccount } from './channels.ts'
import { aConversation, type BuiltConversation } from './conversations.ts'
import { type OutboxEvent, outboxOf } from './events.ts'
import { aTenant, type BuiltTenant, type MemberScope } from './tenants.ts'

export type GivenMessage = Partial<Omit<SendMessage, 'content'>> & { content?: unknown; text?: string }

/** An agent's desk: a tenant with one number and a customer who wrote an hour ago, and hands that send. */
export interface Desk {
  clock: ReturnType<typeof heldClock>
  tenant: BuiltTenant
  channelAccountId: Id<'channelAccount'>
  conversation: BuiltConversation
  /** A text from a sender who has seen everything, unless told otherwise. */
  inputOf(given?: GivenMessage): SendMessage
  send(given?: GivenMessage, scope?: MemberScope): ReturnType<typeof sendMessage>
  thread(): Promise<MessageView[]>
  events(): Promise<OutboxEvent[]>
  windowUntil(at: Date | null): Promise<unknown>
}

export async function aDesk(database: TestDatabase): Promise<Desk> {
  const clock = heldClock(new Date('2026-11-20T12:00:00.700Z'))
  const tenant = await aTenant(database.web, { clock })
  const { channelAccountId } = await aChannelAccount(tenant.scope)
  const messages = [{ body: 'Hi', at: new Date('2026-11-20T11:00:00Z') }]
  const conversation = await aConversation(tenant.scope, { channelAccountId, messages })
  const { conversationId, lineId } = conversation
  const inputOf = ({ text = 'Hello!', ...given }: GivenMessage = {}) =>
    SendMessage.parse({ messageId: newId('message'), conversationId, lastSequenceSeen: 99, content: { kind: 'text', text }, ...given })
  return {
    clock,
    tenant,
    channelAccountId,
    conversation,
    inputOf,
    send: (given = {}, scope = tenant.scope) => sendMessage(scope, inputOf(given), () => CAPABILITIES),
    thread: async () => {
      const page = await listMessages(tenant.scope, { conversationId })
      if (!page.ok) throw new Error(page.code)
      return page.value.items
    },
    events: () => outboxOf(database, tenant.tenantId, conversationId),
    windowUntil: (windowExpiresAt) =>
      tenant.scope.transaction(({ prisma }) => prisma.line.updateMany({ where: { id: toUuid(lineId) }, data: { windowExpiresAt } })),
  }
}
