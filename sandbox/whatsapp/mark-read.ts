import { GraphError } from './errors.ts'
import { later, nowMs, type Provider } from './provider.ts'
import type { Fields } from './rules/fields.ts'
import { checkProduct } from './rules/message.ts'
import type { BusinessNumber } from './types.ts'

/** A typing indicator goes away by itself after this, milliseconds. */
const TYPING_MS = 25_000

/** `{ status: 'read', message_id, typing_indicator? }`: the customer's message and all before it show blue ticks. @throws GraphError */
export async function markRead(provider: Provider, number: BusinessNumber, request: Fields): Promise<{ success: true }> {
  checkProduct(request)
  request.only('messaging_product', 'status', 'message_id', 'typing_indicator').oneOf('status', ['read'])
  const wamid = request.text('message_id', { max: 512 })
  const typing = request.optionalObject('typing_indicator')
  typing?.only('type').oneOf('type', ['text'])
  const { world } = provider.ledger
  const message = world.messages.get(wamid)
  if (message?.direction !== 'inbound' || message.phoneNumberId !== number.phoneNumberId) {
    throw new GraphError(131009, 'The message_id is not a message that this number received.')
  }
  const { phoneNumberId, customerId } = message
  const read = (world.findChat(phoneNumberId, customerId)?.messages ?? []).filter(
    (other) => other.direction === 'inbound' && other.at <= message.at && other.status !== 'read',
  )
  await Promise.all([
    provider.ledger.record(
      ...read.map((other) => ({ t: 'message_changed' as const, wamid: other.wamid, change: { status: 'read' as const } })),
    ),
    provider.journal.append({ kind: 'mark.read', wamid, phoneNumberId, typing: typing !== undefined }),
  ])
  for (const other of read) provider.live.publish(phoneNumberId, customerId, { type: 'message', wamid: other.wamid })
  if (typing) showTyping(provider, phoneNumberId, customerId)
  return { success: true }
}

function showTyping(provider: Provider, phoneNumberId: string, customerId: string): void {
  const untilMs = nowMs(provider) + TYPING_MS
  provider.live.publish(phoneNumberId, customerId, { type: 'typing', untilMs })
  later(provider, TYPING_MS, () => provider.live.publish(phoneNumberId, customerId, { type: 'typing', untilMs: 0 }))
}
