import { LIMITS } from '#platform/limits.ts'
import type { ErrorClass, ProviderError } from '../connector.ts'
import { fields, id, text } from './read.ts'

/**
 * Every documented code (README, section 7), by how it must be treated. The code decides and nothing else: the titles
 * change, subcodes are deprecated, and the HTTP status of one and the same throttle was seen as 400, 403 and 429.
 */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  // The token is invalid or expired: stop the channel, ask for a new connection.
  0: 'auth',
  190: 'auth',
  // A capability or permission is missing, or the number is not registered: stop, tell an admin. 200 to 299 as well.
  3: 'permission',
  10: 'permission',
  131005: 'permission',
  131045: 'permission',
  133010: 'permission',
  // Meta's own troubles: try again.
  1: 'transient',
  2: 'transient',
  131000: 'transient',
  131016: 'transient',
  131057: 'transient',
  133004: 'transient',
  // Too fast: for the app or account, the number, or one person.
  4: 'account_rate',
  80007: 'account_rate',
  133016: 'account_rate',
  130429: 'rate',
  132069: 'rate',
  131056: 'pair_rate',
  // Restricted by policy: nothing more leaves the account or number until somebody has acted.
  368: 'policy',
  131031: 'policy',
  131037: 'policy',
  131048: 'policy',
  131042: 'billing',
  // This person can't be reached like this, now or later.
  130472: 'recipient',
  130497: 'recipient',
  131021: 'recipient',
  131026: 'recipient',
  131030: 'recipient',
  131062: 'recipient',
  137000: 'recipient',
  131047: 'window',
  131049: 'marketing_cap',
  131050: 'opted_out',
  // The request itself is wrong.
  33: 'invalid',
  100: 'invalid',
  131008: 'invalid',
  131009: 'invalid',
  131051: 'invalid',
  135000: 'invalid',
  131052: 'media',
  131053: 'media',
  // The template, not the person or the number. 131063 and 131064 leave service messages alone.
  131063: 'template',
  131064: 'template',
  132000: 'template',
  132001: 'template',
  132005: 'template',
  132007: 'template',
  132008: 'template',
  132012: 'template',
  132015: 'template',
  132016: 'template',
  132068: 'template',
}

/** Refusals of our own, made before or instead of a word of Meta's. */
const OWN_CLASSES = {
  /** The message breaks a documented limit, so it was never sent. */
  invalid_message: 'invalid',
  /** No connection came about; surely nothing left. */
  not_connected: 'transient',
  /** A bare 429: whoever stands in front of Meta's API refused, without a word of Meta's. */
  too_many_requests: 'rate',
  media_too_large: 'media',
  media_missing: 'media',
  /** The address of the file lies outside the hosts the token may be shown to. */
  media_host: 'media',
  /** The bytes that came are not the bytes that were sent. */
  media_corrupted: 'transient',
  too_many_templates: 'invalid',
} as const satisfies Record<string, ErrorClass>

/** Every code a refusal or a failed receipt of this connector may carry; screens need words for each. */
export const KNOWN_ERRORS: readonly { code: string; class: ErrorClass }[] = Object.entries({ ...CLASSES, ...OWN_CLASSES }).map(
  ([code, errorClass]) => ({ code, class: errorClass }),
)

export function classOf(code: string): ErrorClass {
  if (Object.hasOwn(CLASSES, code)) return CLASSES[code] ?? 'unknown'
  return /^2\d\d$/.test(code) ? 'permission' : 'unknown'
}

/** A refusal in our own words. */
export function ownError(code: keyof typeof OWN_CLASSES, title: string): ProviderError {
  return { code, class: OWN_CLASSES[code], title }
}

/**
 * The provider's error, from a Graph answer (`error`) or a webhook (`errors[]`); nothing without a code, since then it
 * is not Meta's word.
 */
export function providerError(value: unknown): ProviderError | undefined {
  const error = fields(value)
  const code = id(error.code)
  if (code === undefined) return undefined
  const message = text(error.message, LIMITS.errorChars)?.replace(/^\(#\d+\) /, '')
  return {
    code,
    class: classOf(code),
    title: text(error.title, LIMITS.errorChars) ?? message ?? `Error ${code}`,
    details: text(fields(error.error_data).details, LIMITS.errorChars),
  }
}
