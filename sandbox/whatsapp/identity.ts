import { createHash, randomBytes } from 'node:crypto'
import type { BusinessNumber, Customer } from './types.ts'

/** Only the digits. */
export function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '')
}

/**
 * One form for the two ways some countries write a mobile number, so that both find the same person: Brazil's ninth digit
 * (older accounts lack it), Mexico's `1` after 52, Argentina's `9` after 54.
 */
export function canonicalNumber(digits: string): string {
  if (/^55\d{2}9\d{8}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5)
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`
  return digits
}

/** Calling codes of the countries the demo and the tests use, longest first; the rest count as one digit. */
const CALLING_CODES: readonly [string, string][] = [
  ['966', 'SA'],
  ['971', 'AE'],
  ['250', 'RW'],
  ['972', 'IL'],
  ['20', 'EG'],
  ['44', 'GB'],
  ['49', 'DE'],
  ['52', 'MX'],
  ['54', 'AR'],
  ['55', 'BR'],
  ['62', 'ID'],
  ['91', 'IN'],
  ['1', 'US'],
]

export function countryOf(digits: string | null): string {
  return CALLING_CODES.find(([code]) => digits?.startsWith(code))?.[1] ?? 'US'
}

export const BSUID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/

/** The person's business-scoped user id towards one portfolio: the same for all its numbers, another one after a number change. */
export function userIdFor(customer: Customer, number: BusinessNumber): string | null {
  if (customer.userId !== null) return customer.userId
  if (!number.userIds) return null
  const hash = createHash('sha256').update(`${number.portfolioId}/${customer.id}/${customer.generation}`).digest()
  return `${countryOf(customer.waId)}.${hash.readBigUInt64BE().toString().padStart(20, '0')}`
}

/** The same, as webhooks carry it; undefined for people and numbers without one. */
export function bsuidOf(customer: Customer, number: BusinessNumber): string | undefined {
  const userId = userIdFor(customer, number)
  return userId !== null && BSUID.test(userId) ? userId : undefined
}

export function newCustomerId(): string {
  return `cus_${randomBytes(8).toString('hex')}`
}

/** Digits like Meta's own object ids. */
export function newObjectId(): string {
  return String(1_000_000_000_000_000n + (randomBytes(8).readBigUInt64BE() % 9_000_000_000_000_000n))
}

/**
 * A message id built as WhatsApp's are: base64 of the person's number, a direction byte and a random part, so that ids of one
 * person share their beginning and none can be told from its prefix.
 */
export function newWamid(person: string, direction: 'inbound' | 'outbound'): string {
  const who = Buffer.from(person.slice(0, 200), 'latin1')
  const random = Buffer.from(
    randomBytes(direction === 'inbound' ? 10 : 9)
      .toString('hex')
      .toUpperCase(),
    'latin1',
  )
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, who.length]),
    who,
    Buffer.from([0x15, 0x02, 0x00, direction === 'inbound' ? 0x12 : 0x11, 0x18, random.length]),
    random,
    Buffer.from([0x00]),
  ])
  return `wamid.${bytes.toString('base64')}`
}
