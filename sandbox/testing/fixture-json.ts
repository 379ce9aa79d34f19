import type { ProviderError } from '../whatsapp/webhooks.ts'

/** Recorded JSON, of which nothing is known before it is read. */
export interface Json {
  [key: string]: Json
}
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
/** For fields the builders pass on as they are: a recorded number stays one. */
export const as = <T>(value: unknown): T => value as T

export function errorIn(error: Json): ProviderError {
  return {
    code: as(error.code),
    title: as(error.title),
    message: text(error.message),
    details: text(error.error_data?.details),
    href: text(error.href),
  }
}
