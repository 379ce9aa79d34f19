import type { WrittenMessage } from './customers.ts'
import type { BuiltNumber } from './population.ts'

/** What an update may call its sender: a number, a business-scoped user id, or both, which ties the two together. */
export const IDENTITY_MIXES = ['number', 'user id', 'both'] as const

/** A `messages` change as Meta words it, naming its sender in one of the ways it may. */
export function mixedChange(message: WrittenMessage, mix: (typeof IDENTITY_MIXES)[number], number: BuiltNumber, at: Date) {
  const { person, wamid, token } = message
  const waId = mix === 'user id' ? {} : { wa_id: person.waId }
  const userId = mix === 'number' ? {} : { user_id: person.userId }
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: number.displayNumber.slice(1), phone_number_id: number.phoneNumberId },
      contacts: [{ profile: { name: person.name }, ...waId, ...userId }],
      messages: [
        {
          ...(mix === 'user id' ? {} : { from: person.waId }),
          ...(mix === 'number' ? {} : { from_user_id: person.userId }),
          id: wamid,
          timestamp: String(at.getTime() / 1_000),
          type: 'text',
          text: { body: token },
        },
      ],
    },
  }
}
