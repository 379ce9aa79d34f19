import { type Id, toUuid } from '../ids.ts'

/** Shards of tenants, fixed for good: each has one row in `bus.log_shards`, and at most one process appending to it. */
export const EVENT_LOG_SHARDS = 8

/** A tenant's shard, as the generated column `bus.outbox.shard` computes it: the low bits of its id, which are random. */
export function shardOf(tenantId: Id<'tenant'>): number {
  return Number.parseInt(toUuid(tenantId).slice(-2), 16) % EVENT_LOG_SHARDS
}
