import type { ChannelKind, ErrorClass } from '#channels/connector.ts'
import type { Catalogue } from './catalogue.ts'

/** A reason we have words for: `delivery.reason.<key>` says what happened and what to do. */
export type DeliveryReason = keyof Catalogue['delivery']['reason']

/** WhatsApp Cloud error codes (Meta's table, 2025-11-19); several codes may share one advice. */
const WHATSAPP: Readonly<Record<string, DeliveryReason>> = {
  0: 'token_expired',
  1: 'transient',
  2: 'transient',
  3: 'permission_missing',
  4: 'rate',
  10: 'permission_missing',
  33: 'bad_parameter',
  100: 'bad_parameter',
  190: 'token_expired',
  368: 'account_blocked',
  80007: 'rate',
  130429: 'rate',
  130472: 'experiment',
  130497: 'restricted_country',
  131000: 'transient',
  131005: 'permission_missing',
  131008: 'bad_parameter',
  131009: 'bad_parameter',
  131016: 'transient',
  131021: 'own_number',
  131026: 'undeliverable',
  131030: 'test_number',
  131031: 'account_blocked',
  131037: 'display_name',
  131042: 'billing',
  131045: 'not_registered',
  131047: 'window_closed',
  131048: 'spam_restricted',
  131049: 'marketing_cap',
  131050: 'opted_out',
  131051: 'unsupported_type',
  131052: 'media_download',
  131053: 'media_upload',
  131056: 'pair_rate',
  131057: 'maintenance',
  131062: 'needs_phone',
  131063: 'marketing_disabled',
  131064: 'template_violations',
  132000: 'template_parameters',
  132001: 'template_missing',
  132005: 'template_too_long',
  132007: 'template_policy',
  132008: 'template_format',
  132012: 'template_format',
  132015: 'template_paused',
  132016: 'template_disabled',
  132068: 'flow_blocked',
  132069: 'flow_throttled',
  133004: 'transient',
  133010: 'not_registered',
  133016: 'registrations',
  135000: 'bad_parameter',
  137000: 'identity_changed',
}

const BY_CODE: Readonly<Record<ChannelKind, (code: string) => DeliveryReason | undefined>> = {
  // 200 to 299 are one family: a permission that the app was not given.
  whatsapp: (code) => WHATSAPP[code] ?? (/^2\d\d$/.test(code) ? 'permission_missing' : undefined),
}

const BY_CLASS: Readonly<Record<ErrorClass, DeliveryReason>> = {
  transient: 'transient',
  rate: 'rate',
  pair_rate: 'pair_rate',
  account_rate: 'rate',
  auth: 'token_expired',
  permission: 'permission_missing',
  policy: 'account_blocked',
  billing: 'billing',
  window: 'window_closed',
  recipient: 'undeliverable',
  invalid: 'bad_parameter',
  template: 'template_format',
  marketing_cap: 'marketing_cap',
  opted_out: 'opted_out',
  media: 'media_upload',
  unknown: 'unknown',
}

/** What to tell a person about a failure: by the provider's code, else by its class. */
export function deliveryReason(channel: ChannelKind, failure: { errorCode: string | null; errorClass: string | null }): DeliveryReason {
  const byCode = failure.errorCode === null ? undefined : BY_CODE[channel](failure.errorCode)
  return byCode ?? BY_CLASS[failure.errorClass as ErrorClass] ?? 'unknown'
}

/** Sending the same once more can't help with these: something else has to change first, or it must not be sent at all. */
const FINAL: ReadonlySet<DeliveryReason> = new Set([
  'experiment',
  'restricted_country',
  'own_number',
  'window_closed',
  'marketing_cap',
  'opted_out',
  'unsupported_type',
  'needs_phone',
  'marketing_disabled',
  'template_parameters',
  'template_missing',
  'template_too_long',
  'template_policy',
  'template_format',
  'template_disabled',
  'flow_blocked',
])

export const mayHelpToResend = (reason: DeliveryReason): boolean => !FINAL.has(reason)
