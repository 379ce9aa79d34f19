import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { DeliveryView, MessageView } from '#modules/messages/types.ts'
import { ID_PREFIXES, type Id, type IdKind } from '#platform/ids.ts'

/** An id that reads well in a failing test: the noun's prefix and a number. */
export function idNumber<K extends IdKind>(kind: K, number: number): Id<K> {
  return `${ID_PREFIXES[kind]}_${number.toString(16).padStart(32, '0')}`
}

/** A moment so many seconds into a day that all views share. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20, 9, 0, 0) + seconds * 1_000).toISOString()

/** A row of the conversation list as a screen gets it. */
export function aConversationRow(number: number, given: Partial<ConversationListItem> = {}): ConversationListItem {
  return {
    id: idNumber('conversation', number),
    version: 1,
    status: 'open',
    contact: { id: idNumber('contact', number), name: `Customer ${number}`, address: `+6281000${number}` },
    channel: 'whatsapp',
    channelAccountId: idNumber('channelAccount', 1),
    channelAccountName: 'Orders',
    lineId: idNumber('line', number),
    assignee: null,
    lastMessageAt: at(number),
    lastMessageSequence: 1,
    lastMessagePreview: 'Where is my order?',
    lastMessageKind: 'text',
    lastMessageDirection: 'inbound',
    unreadCount: 0,
    windowExpiresAt: at(86_400),
    ...given,
  }
}

/** A bubble of conversation 1; `number` is its sequence and its second. */
export function aMessage(number: number, given: Partial<MessageView> = {}): MessageView {
  return {
    id: idNumber('message', number),
    version: 1,
    conversationId: idNumber('conversation', 1),
    channel: 'whatsapp',
    direction: 'inbound',
    kind: 'text',
    body: `Message ${number}`,
    content: {},
    author: { kind: 'contact', id: idNumber('contact', 1), name: 'Sara' },
    replyTo: null,
    providerTime: at(number),
    sequence: number,
    receivedAt: at(number),
    editedAt: null,
    revokedAt: null,
    attachments: [],
    reactions: [],
    delivery: null,
    ...given,
  }
}

export function aDelivery(number: number, given: Partial<DeliveryView> = {}): DeliveryView {
  return {
    id: idNumber('delivery', number),
    version: 1,
    state: 'queued',
    errorCode: null,
    errorClass: null,
    errorTitle: null,
    queuedAt: at(number),
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    failedAt: null,
    unknownAt: null,
    nextTryAt: null,
    ...given,
  }
}
