import { z } from 'zod'

/**
 * The nouns that own an id, and the prefix the id wears outside SQL.
 * Inside SQL every id is a UUIDv7 in a `uuid` column, made here and never by the database.
 */
export const ID_PREFIXES = {
  tenant: 'ten',
  user: 'usr',
  session: 'ses',
  account: 'acc',
  verification: 'ver',
  member: 'mem',
  role: 'rol',
  team: 'team',
  channelAccount: 'cha',
  contact: 'con',
  contactIdentity: 'cid',
  mergeSuggestion: 'mrg',
  line: 'line',
  conversation: 'cnv',
  message: 'msg',
  messageRevision: 'rev',
  attachment: 'att',
  reaction: 'rct',
  delivery: 'dlv',
  attempt: 'atm',
  receipt: 'rcp',
  template: 'tpl',
  webhook: 'whk',
  event: 'evt',
  timer: 'tmr',
  upload: 'upl',
  sender: 'snd',
} as const

export type IdKind = keyof typeof ID_PREFIXES
/** `msg_` and 32 hex digits: typed by its noun, so that a contact's id can't be passed for a message's. */
export type Id<K extends IdKind> = `${(typeof ID_PREFIXES)[K]}_${string}`

/**
 * A fresh UUIDv7 (RFC 9562, section 5.7) as 32 hex digits: 48 bits of milliseconds, then random bits. Web Crypto, because the
 * browser makes message ids as well; drawn for many ids at once, because a call costs more than all the rest of an id.
 */
function uuidv7Hex(now: number): string {
  if (drawn === pool.length) {
    crypto.getRandomValues(pool)
    drawn = 0
  }
  let random = ''
  for (let n = 0; n < RANDOM_BYTES; n++) random += HEX[pool[drawn++] ?? 0]
  // The variant's two bits leave four of sixteen digits, told by the last two random bits.
  const variant = '89ab'[Number.parseInt(random.slice(-1), 16) & 3]
  return `${now.toString(16).padStart(12, '0')}7${random.slice(0, 3)}${variant}${random.slice(3, 18)}`
}

const RANDOM_BYTES = 10
const pool = new Uint8Array(RANDOM_BYTES * 256)
let drawn = pool.length
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Makes a new id. Ids sort by creation roughly, yet they are never used as a cursor. */
export function newId<K extends IdKind>(kind: K, now = Date.now()): Id<K> {
  return `${ID_PREFIXES[kind]}_${uuidv7Hex(now)}` as Id<K>
}

/** What SQL wants: the uuid behind the prefix. Throws on a malformed id, since edges have validated it before. */
export function toUuid(id: string): string {
  const hex = id.slice(id.indexOf('_') + 1)
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new Error(`not an id: ${id.slice(0, 80)}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The id that a `uuid` column's value stands for. */
export function fromUuid<K extends IdKind>(kind: K, uuid: string): Id<K> {
  return `${ID_PREFIXES[kind]}_${uuid.replaceAll('-', '')}` as Id<K>
}

export function fromUuidOrNull<K extends IdKind>(kind: K, uuid: string | null): Id<K> | null {
  return uuid === null ? null : fromUuid(kind, uuid)
}

export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  return typeof value === 'string' && new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`).test(value)
}

/** The zod schema of one kind of id, for forms, params and payloads. */
export function idOf<K extends IdKind>(kind: K): z.ZodType<Id<K>, Id<K>> {
  return z.custom<Id<K>>((value) => isId(kind, value), { message: `expected an id like ${ID_PREFIXES[kind]}_…` })
}
