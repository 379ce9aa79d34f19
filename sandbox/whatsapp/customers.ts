import type { CustomerInput } from '../options.ts'
import { digitsOf, newCustomerId } from './identity.ts'
import type { Provider } from './provider.ts'
import { phoneCameOnline } from './receipts.ts'
import type { BusinessNumber, Customer } from './types.ts'
import type { WorldEntry } from './world.ts'

const STRANGER: Omit<Customer, 'id'> = {
  name: null,
  username: null,
  waId: null,
  userId: null,
  generation: 0,
  onWhatsApp: true,
  online: true,
  readReceipts: true,
  marketing: 'resume',
  receiptDelayMs: 0,
  failWith: null,
}

/** How a request names a person. */
export interface CustomerRef {
  id?: string
  waId?: string | null
  userId?: string
}

export function findCustomer(provider: Provider, ref: CustomerRef): Customer | undefined {
  const { world } = provider.ledger
  if (ref.id !== undefined) return world.customers.get(ref.id)
  if (ref.userId !== undefined) return world.findCustomerByUserId(ref.userId)
  return ref.waId ? world.findCustomerByNumber(ref.waId) : undefined
}

/** Creates a person or changes what the input names; the rest stays. */
export async function saveCustomer(provider: Provider, ref: CustomerRef, input: CustomerInput): Promise<Customer> {
  const before = findCustomer(provider, ref)
  const base: Customer = before ?? { ...STRANGER, id: newCustomerId() }
  const waId = input.waId === undefined ? base.waId : input.waId === null ? null : digitsOf(input.waId)
  const customer: Customer = {
    ...base,
    name: input.name ?? base.name,
    username: input.username ?? base.username,
    waId,
    userId: input.userId ?? base.userId,
    generation: before?.waId && before.waId !== waId ? base.generation + 1 : base.generation,
    onWhatsApp: input.onWhatsApp ?? base.onWhatsApp,
    online: input.online ?? base.online,
    readReceipts: input.readReceipts ?? base.readReceipts,
    marketing: input.marketing ?? base.marketing,
    receiptDelayMs: input.receiptDelayMs ?? base.receiptDelayMs,
    failWith: input.failWith === undefined ? base.failWith : input.failWith,
  }
  const heard = (input.lastMessages ?? []).map(
    ({ phoneNumberId, at }): WorldEntry => ({ t: 'heard', phoneNumberId, customerId: customer.id, at: Date.parse(at) }),
  )
  await provider.ledger.record({ t: 'customer', customer }, ...heard)
  if (before && !before.online && customer.online) phoneCameOnline(provider, customer)
  return customer
}

/** The person a send is for. A number or id we never saw is a stranger who has a phone all the same. */
export async function recipientOf(
  provider: Provider,
  to: { phone: string } | { userId: string },
  number: BusinessNumber,
): Promise<Customer> {
  if ('userId' in to) return findCustomer(provider, { userId: to.userId }) ?? saveCustomer(provider, {}, { userId: to.userId })
  const known = findCustomer(provider, { waId: to.phone })
  return known ?? saveCustomer(provider, {}, { waId: dialled(to.phone, number) })
}

/** What Meta dials: without `+` it puts the business number's own country code in front. */
function dialled(phone: string, number: BusinessNumber): string {
  const digits = digitsOf(phone)
  if (phone.startsWith('+')) return digits
  const own = digitsOf(number.displayNumber)
  return `${own.slice(0, Math.max(1, own.length - 10))}${digits}`.slice(0, 15)
}
