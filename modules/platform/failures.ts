/**
 * Every code a use case may answer with, once: how HTTP says it, and whether a worker may try again.
 * `docs/failures.md` explains each to a person; a test compares the two, both ways.
 */
export const failures = {
  not_found: { status: 404, retry: 'never' },
  not_allowed: { status: 403, retry: 'never' },
  not_signed_in: { status: 401, retry: 'never' },
  credentials_wrong: { status: 401, retry: 'never' },
  origin_refused: { status: 403, retry: 'never' },
  invalid_input: { status: 422, retry: 'never' },
  too_large: { status: 413, retry: 'never' },
  rate_limited: { status: 429, retry: 'later' },
  conversation_resolved: { status: 409, retry: 'never' },
  another_conversation_open: { status: 409, retry: 'never' },
  assignee_unavailable: { status: 409, retry: 'never' },
  missed_messages: { status: 409, retry: 'never' },
  window_closed: { status: 409, retry: 'never' },
  channel_disabled: { status: 409, retry: 'never' },
  template_not_approved: { status: 409, retry: 'never' },
  template_parameters_mismatch: { status: 422, retry: 'never' },
  unsupported_by_channel: { status: 422, retry: 'never' },
  attachment_rejected: { status: 422, retry: 'never' },
  version_conflict: { status: 409, retry: 'never' },
  already_exists: { status: 409, retry: 'never' },
  delivery_not_settleable: { status: 409, retry: 'never' },
  signature_invalid: { status: 401, retry: 'never' },
  provider_unavailable: { status: 503, retry: 'later' },
  database_unavailable: { status: 503, retry: 'later' },
  bus_unavailable: { status: 503, retry: 'later' },
} as const satisfies Record<string, { status: number; retry: 'never' | 'later' }>

export type FailureCode = keyof typeof failures
