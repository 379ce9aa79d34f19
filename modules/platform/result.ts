import type { FailureCode } from './failures.ts'

/** What a use case answers: an expected outcome is a value, so its type tells what can happen. Bugs throw. */
export type Result<T, C extends FailureCode = FailureCode> = { ok: true; value: T } | { ok: false; code: C; detail?: unknown }

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

/** @param detail plain data a screen may show, such as the messages that were missed; never secrets. */
export function fail<C extends FailureCode>(code: C, detail?: unknown): { ok: false; code: C; detail?: unknown } {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail }
}
