import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * Numbers that exist in two spellings. Old accounts keep the spelling of their day while people dial the new one, so both
 * become one canonical value; what a provider calls the number stays a separate identity, and that one is sent to.
 */
const ALIASES: readonly { spelling: RegExp; canonical: string }[] = [
  // Brazil: mobiles of before 2016 lack the ninth digit. Landlines begin with 2 to 5 and have none.
  { spelling: /^55(?<area>[1-9]\d)(?<number>[6-9]\d{7})$/, canonical: '55$<area>9$<number>' },
  // Mexico: the mobile prefix 1 was abolished in 2019.
  { spelling: /^521(?<number>\d{10})$/, canonical: '52$<number>' },
  // Argentina: mobiles carry a 9 from abroad; national numbers begin with 1, 2 or 3, so it can't be mistaken for one.
  { spelling: /^54(?<number>[123]\d{9})$/, canonical: '549$<number>' },
]

/** What people write between digits; anything else in a value means it is not a phone number. */
const PUNCTUATION = /[\s().\-/]/g

/** The digits of an international number, without `+`; null when the text is anything else. */
export function phoneDigits(value: string): string | null {
  const digits = value.replace(PUNCTUATION, '').replace(/^\+/, '')
  return /^\d{1,20}$/.test(digits) ? digits : null
}

/**
 * Answers of before, by digits. Asking the numbering plans was a fifth of what a webhook costs ingress (bench/RESULTS.md), and
 * one person's number comes with each message and three times more with each answer's statuses. Emptied when full.
 */
const known = new Map<string, string | null>()
const MOST_KNOWN = 20_000

/**
 * The one E.164 form (`+5511987654321`) of an international number however it was spelt, or null when no numbering plan
 * knows a number of that length. Idempotent. National spellings are not guessed at.
 */
export function canonicalPhone(value: string): string | null {
  const digits = phoneDigits(value)
  if (digits === null) return null
  const answer = known.get(digits)
  if (answer !== undefined) return answer
  if (known.size >= MOST_KNOWN) known.clear()
  const canonical = askPlans(digits)
  known.set(digits, canonical)
  return canonical
}

function askPlans(digits: string): string | null {
  const alias = ALIASES.find(({ spelling }) => spelling.test(digits))
  const phone = parsePhoneNumberFromString(`+${alias ? digits.replace(alias.spelling, alias.canonical) : digits}`)
  return phone?.isPossible() ? phone.number : null
}
