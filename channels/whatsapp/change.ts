import type { AccountAddress, InboundEvent, UnsupportedUpdate } from '../connector.ts'
import { type Fields, fields } from './read.ts'

/** One `changes[]` entry of a webhook, with what the envelope says about it. */
export interface Change {
  account: AccountAddress
  field: string
  value: Fields
  /** `entry[].time`, the only time that account fields have; unread seconds. */
  time: unknown
}

/** What we do not know, or leave on purpose: kept with a reason, never dropped. */
export function unsupported({ account, field }: Change, reason: string, providerTime: string | null = null): UnsupportedUpdate {
  return { type: 'unsupported', account, providerTime, field, reason }
}

/**
 * Handles each item of a list on its own: one bad item must not fail the batch (section 4), so even a bug of ours costs
 * only the item that woke it.
 */
export function each(
  change: Change,
  list: readonly unknown[],
  parse: (item: Fields) => InboundEvent | readonly InboundEvent[],
): InboundEvent[] {
  return list.flatMap((item) => {
    try {
      return parse(fields(item))
    } catch (error) {
      return unsupported(change, `parsing failed: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`)
    }
  })
}
