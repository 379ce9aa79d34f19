import { LIMITS } from '#platform/limits.ts'

/** Total readers: whatever the provider sends, each answers with the kind of value asked for or with nothing. */
export type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = Object.freeze({})

/** The members of an object; of anything else, none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE
}

/** The elements of a list; of anything else, none. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text without what PostgreSQL refuses (NUL) or JSON can't carry (lone surrogates), and cut to a length. */
export function cleanText(value: string, maxChars: number): string {
  const cut = value.slice(0, maxChars)
  return SUSPECT.test(cut) ? cut.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '') : cut
}
/** Most text has neither, and this is the cheaper question; whole pairs are told from lone halves only after it. */
const SUSPECT = /[\0\ud800-\udfff]/

/** Cleaned text; nothing when it is no text, or empty. */
export function text(value: unknown, maxChars: number): string | undefined {
  return typeof value === 'string' ? cleanText(value, maxChars) || undefined : undefined
}

/** An id, which may come as a number; nothing when it is too long, since half an id would be somebody else's. */
export function id(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value.length <= LIMITS.externalIdChars ? text(value, LIMITS.externalIdChars) : undefined
}

/** A finite number, which may come as text. */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined
}

/** An address that a browser or our client may be shown; nothing for any other scheme. */
export function webUrl(value: unknown): string | undefined {
  const url = text(value, LIMITS.urlChars)
  return url && /^https?:\/\//i.test(url) ? url : undefined
}

/** Webhooks carry base64, while the media query is documented with hex (section 3): accepts both, answers hex. */
export function sha256Hex(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase()
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(value) ? Buffer.from(value, 'base64') : undefined
  return bytes?.length === 32 ? bytes.toString('hex') : undefined
}

/** Seconds since 1970 in text or number, as ISO 8601 UTC; null when senseless, so that intake takes the time of arrival. */
export function providerTime(value: unknown): string | null {
  const seconds = number(value)
  if (seconds === undefined || seconds <= 0 || seconds >= YEAR_2100) return null
  return new Date(Math.floor(seconds) * 1000).toISOString()
}
const YEAR_2100 = 4_102_444_800

/** Drops the members that are nothing; nothing at all when none is left. */
export function present<T extends object>(value: T): T | undefined {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined
}

const DATA = { depth: 6, members: 100, nodes: 500, chars: 16_000 } as const

/** A foreign value made harmless: plain, clean and bounded in depth, breadth and size, to be kept beside an event. */
export function plainData(value: unknown): unknown {
  let nodes: number = DATA.nodes
  let chars: number = DATA.chars
  const clean = (said: string): string => {
    const kept = cleanText(said, chars)
    chars -= kept.length
    return kept
  }
  const copy = (member: unknown, depth: number): unknown => {
    nodes -= 1
    if (nodes < 0 || depth > DATA.depth) return null
    if (typeof member === 'string') return clean(member)
    if (Array.isArray(member)) return member.slice(0, DATA.members).map((element) => copy(element, depth + 1))
    if (typeof member === 'object' && member !== null) {
      const kept = Object.entries(member).slice(0, DATA.members)
      return Object.fromEntries(kept.map(([key, inner]) => [clean(key), copy(inner, depth + 1)]))
    }
    return member
  }
  return copy(value, 0)
}
