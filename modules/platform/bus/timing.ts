/** How patient the bus is, milliseconds. Tests pass shorter leases; the product runs on these. */
export interface BusTiming {
  /** How often an idle consumer looks without being woken: a NOTIFY is a hint, this is the truth. */
  pollMs: number
  /** A claim not renewed for so long is free for others; on Kafka the session timeout plays this part. */
  leaseMs: number
  heartbeatMs: number
  /** How often a member compares what it holds with its fair share. */
  rebalanceMs: number
  /** Before the second, third, … try of a parked message; the last one repeats. */
  parkDelaysMs: readonly number[]
  /** First and longest pause after a handler threw. */
  backoffMs: readonly [first: number, most: number]
  /** A single call of a handler that takes longer makes its subscription unhealthy. */
  handlerPatienceMs: number
  housekeepingMs: number
  lagMs: number
  sessionTimeoutMs: number
}

export const BUS_TIMING: BusTiming = {
  pollMs: 200,
  leaseMs: 10_000,
  heartbeatMs: 2_000,
  rebalanceMs: 1_000,
  parkDelaysMs: [1_000, 4_000, 16_000, 60_000, 300_000],
  backoffMs: [100, 5_000],
  handlerPatienceMs: 300_000,
  housekeepingMs: 300_000,
  lagMs: 10_000,
  sessionTimeoutMs: 45_000,
}
