import type { Id } from '#platform/ids.ts'

/** How fast one person may be written to, over all the lines of an account; kept in memory for those written to lately. */
export interface PairRates {
  /** Lines that must rest now. */
  resting(nowMs: number): Id<'line'>[]
  take(lineId: Id<'line'>, nowMs: number): void
}

/** @param limit shortest steady gap and how many may burst ahead of it; null: the provider has no such limit */
export function createPairRates(limit: { everyMs: number; burst: number } | null): PairRates {
  if (limit === null) return { resting: () => [], take: () => undefined }
  // When the line's allowance will be whole again; each message pushes it one gap further.
  const wholeAt = new Map<Id<'line'>, number>()
  const longestDebtMs = (limit.burst - 1) * limit.everyMs
  return {
    resting: (nowMs) => {
      const lines: Id<'line'>[] = []
      for (const [lineId, at] of wholeAt) {
        if (at <= nowMs) wholeAt.delete(lineId)
        else if (at - nowMs > longestDebtMs) lines.push(lineId)
      }
      return lines
    },
    take: (lineId, nowMs) => {
      wholeAt.set(lineId, Math.max(nowMs, wholeAt.get(lineId) ?? 0) + limit.everyMs)
    },
  }
}
