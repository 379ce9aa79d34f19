import { LIMITS } from '#platform/limits.ts'
import { type InboundEvent, type Person, RECEIPT_STATUSES, type ReceiptReceived, type ReceiptStatus } from '../connector.ts'
import { type Change, unsupported } from './change.ts'
import { providerError } from './errors.ts'
import { type ContactBook, personOf } from './parse-people.ts'
import { type Fields, fields, id, items, present, providerTime, text } from './read.ts'

/**
 * One entry of `statuses[]` becomes one receipt (section 6). The legacy words `deleted` and `warning` say nothing about the
 * delivery and become `unsupported`; so does any word we do not know.
 */
export function parseStatus(change: Change, status: Fields, contacts: ContactBook): InboundEvent {
  const at = providerTime(status.timestamp)
  const externalId = id(status.id)
  if (externalId === undefined) return unsupported(change, 'a status without a message id', at)
  if (!isReceiptStatus(status.status)) {
    return unsupported(change, `status ${text(status.status, LIMITS.nameChars) ?? 'missing'} of ${externalId} is no receipt`, at)
  }
  const isGroup = status.recipient_type === 'group'
  const receipt: ReceiptReceived = {
    type: 'receipt',
    account: change.account,
    providerTime: at,
    externalId,
    status: status.status,
    echo: text(status.biz_opaque_callback_data, LIMITS.externalIdChars),
    person: isGroup ? undefined : recipientOf(status, contacts),
    error: providerError(items(status.errors)[0]),
    pricing: pricingOf(fields(status.pricing)),
    participant: id(status.recipient_participant_id) ?? id(status.recipient_participant_user_id),
  }
  return receipt
}

function isReceiptStatus(value: unknown): value is ReceiptStatus {
  return RECEIPT_STATUSES.some((known) => known === value)
}

/** `recipient_id` is a person's, or a group's, in which case it names nobody. */
function recipientOf(status: Fields, contacts: ContactBook): Person | undefined {
  const names = { waId: status.recipient_id, userId: status.recipient_user_id, parentUserId: status.recipient_parent_user_id }
  const person = personOf(names, contacts)
  return person.identities.length > 0 ? person : undefined
}

function pricingOf(pricing: Fields): ReceiptReceived['pricing'] {
  return present({
    billable: typeof pricing.billable === 'boolean' ? pricing.billable : undefined,
    model: text(pricing.pricing_model, LIMITS.nameChars),
    type: text(pricing.type, LIMITS.nameChars),
    category: text(pricing.category, LIMITS.nameChars),
  })
}
