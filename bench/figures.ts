/** Times of one run, milliseconds. */
export interface Times {
  count: number
  p50: number
  p99: number
  max: number
}

/** The value that `share` (0 to 1) of all values do not exceed, by nearest rank; NaN of nothing. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

export function timesOf(values: ArrayLike<number>): Times {
  return { count: values.length, p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: percentile(values, 1) }
}

/** An absolute figure is met when it is met in three of five runs, and accordingly in more than half of any other number. */
export function isMetInMost<Run>(runs: readonly Run[], isMet: (run: Run) => boolean): boolean {
  return runs.filter(isMet).length > runs.length / 2
}

/** 12345.6 -> `12,346`, 7.25 -> `7.3`, 0.321 -> `0.32`. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return 'none'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
