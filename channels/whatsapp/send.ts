import type { Http, OutboundMessage, SendOutcome } from '../connector.ts'
import { requestBody } from './content.ts'
import { limitBroken } from './content-limits.ts'
import { ownError } from './errors.ts'
import { callGraph, graphUrl, postRequest, type WhatsappCredentials, type WhatsappOptions } from './graph.ts'
import { type Fields, fields, id, items } from './read.ts'

/**
 * One attempt to hand a message to Meta (section 2). 200 means accepted, not delivered; there is no idempotency key, so
 * what is ambiguous stays so until a receipt carries our echo back.
 */
export async function send(
  options: WhatsappOptions,
  message: OutboundMessage,
  credentials: WhatsappCredentials,
  http: Http,
): Promise<SendOutcome> {
  const broken = limitBroken(message)
  if (broken) return { kind: 'refused', error: ownError('invalid_message', broken) }
  const outcome = await callGraph(http, postRequest(graphUrl(options, [message.from, 'messages']), credentials, requestBody(message)))
  return outcome.kind === 'done' ? accepted(outcome.value) : outcome
}

/** Accepted, and possibly held back: a template whose quality is being judged is sent later, or fails with 132015. */
const HELD: readonly unknown[] = ['held_for_quality_assessment', 'paused']

function accepted(answer: Fields): SendOutcome {
  const message = fields(items(answer.messages)[0])
  const externalId = id(message.id)
  if (externalId === undefined) return { kind: 'ambiguous', reason: 'accepted, but the answer names no message' }
  const contact = fields(items(answer.contacts)[0])
  return {
    kind: 'accepted',
    externalId,
    held: HELD.includes(message.message_status),
    recipient: { waId: id(contact.wa_id), bsuid: id(contact.user_id) },
  }
}
