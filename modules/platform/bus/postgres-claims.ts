import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { monotonicMs } from '../clock.ts'
import type { BusTiming } from './timing.ts'

export interface Claim {
  logId: number
  partition: number
  epoch: number
}

/**
 * Which partitions of a group this member holds. A claim is a lease with an epoch, so that whoever was frozen past its lease
 * finds its epoch outdated. Shares are fair: with P partitions and M members nobody holds more than ceil(P / M).
 */
export class Claims {
  readonly memberId = randomUUID()
  private readonly pool: pg.Pool
  private readonly group: string
  private readonly logs: readonly { logId: number; partition: number }[]
  private readonly timing: BusTiming
  private readonly held = new Map<number, Claim>()
  private validUntilMs = 0
  /** Called when others took what we held; what is being handled will be handled again. */
  onLost: () => void = () => undefined

  constructor(pool: pg.Pool, group: string, logs: readonly { logId: number; partition: number }[], timing: BusTiming) {
    this.pool = pool
    this.group = group
    this.logs = logs
    this.timing = timing
  }

  /** What is held and has surely not run out: after a freeze this is empty until a heartbeat has told what is left. */
  current(): Claim[] {
    return monotonicMs() < this.validUntilMs ? [...this.held.values()] : []
  }

  isAlive(): boolean {
    return monotonicMs() < this.validUntilMs + this.timing.leaseMs
  }

  /** Shows the group that this member lives, and renews its claims. Runs apart from handlers, however long they take. */
  async heartbeat(): Promise<void> {
    const sentAt = monotonicMs()
    const before = [...this.held.values()]
    const { rows } = await this.pool.query<{ log_id: number; epoch: number }>({
      name: 'bus_heartbeat',
      text: `with seen as (
          insert into bus.members (group_name, member_id, expires_at) values ($1, $2, clock_timestamp() + $3::int * interval '1 ms')
          on conflict (group_name, member_id) do update set expires_at = excluded.expires_at)
        update bus.cursors c set leased_until = clock_timestamp() + $3::int * interval '1 ms'
        from unnest($4::int[], $5::bigint[]) as mine(log_id, epoch)
        where c.group_name = $1 and c.owner = $2 and c.log_id = mine.log_id and c.epoch = mine.epoch returning c.log_id, c.epoch`,
      values: [this.group, this.memberId, this.timing.leaseMs, before.map((claim) => claim.logId), before.map((claim) => claim.epoch)],
    })
    this.validUntilMs = sentAt + this.timing.leaseMs
    const renewed = new Map(rows.map((row) => [row.log_id, row.epoch]))
    const lost = before.filter((claim) => renewed.get(claim.logId) !== claim.epoch && this.held.get(claim.logId) === claim)
    this.forget(lost.map((claim) => claim.logId))
  }

  /** Takes free partitions up to the fair share, or gives surplus ones back. Call between batches only. */
  async rebalance(): Promise<void> {
    const share = await this.fairShare()
    const surplus = [...this.held.values()].slice(share)
    if (surplus.length > 0) await this.release(surplus)
    const wanted = share - this.held.size
    if (wanted > 0) await this.claim(wanted)
  }

  /** Others may take over at once. */
  async leave(): Promise<void> {
    await this.release([...this.held.values()])
    await this.pool.query('delete from bus.members where group_name = $1 and member_id = $2', [this.group, this.memberId])
  }

  /** A write found other epochs in these partitions. */
  forget(logIds: readonly number[]): void {
    for (const logId of logIds) this.held.delete(logId)
    if (logIds.length > 0) this.onLost()
  }

  /** Every member counts the same members in the same order, so the remainder goes to the same few. */
  private async fairShare(): Promise<number> {
    const { rows } = await this.pool.query<{ members: number; before_us: number }>({
      name: 'bus_members',
      text: `with gone as (delete from bus.members where group_name = $1 and expires_at < clock_timestamp())
        select count(*) as members, count(*) filter (where member_id < $2) as before_us
        from bus.members where group_name = $1 and (expires_at > clock_timestamp() or member_id = $2)`,
      values: [this.group, this.memberId],
    })
    const members = Math.max(rows[0]?.members ?? 1, 1)
    const remainder = this.logs.length % members
    return Math.floor(this.logs.length / members) + ((rows[0]?.before_us ?? 0) < remainder ? 1 : 0)
  }

  private async claim(wanted: number): Promise<void> {
    const { rows } = await this.pool.query<{ log_id: number; epoch: number }>({
      name: 'bus_claim',
      text: `with free as materialized (
          select log_id from bus.cursors
          where group_name = $1 and log_id = any($4::int[]) and (owner is null or leased_until < clock_timestamp())
          order by random() limit $5 for update skip locked)
        update bus.cursors c set owner = $2, epoch = c.epoch + 1, leased_until = clock_timestamp() + $3::int * interval '1 ms'
        from free where c.group_name = $1 and c.log_id = free.log_id returning c.log_id, c.epoch`,
      values: [this.group, this.memberId, this.timing.leaseMs, this.logs.map((log) => log.logId), wanted],
    })
    for (const row of rows) {
      const log = this.logs.find((candidate) => candidate.logId === row.log_id)
      if (log) this.held.set(log.logId, { ...log, epoch: row.epoch })
    }
  }

  private async release(claims: readonly Claim[]): Promise<void> {
    for (const claim of claims) this.held.delete(claim.logId)
    await this.pool.query({
      name: 'bus_release',
      text: `update bus.cursors c set owner = null, leased_until = null from unnest($3::int[], $4::bigint[]) as mine(log_id, epoch)
        where c.group_name = $1 and c.owner = $2 and c.log_id = mine.log_id and c.epoch = mine.epoch`,
      values: [this.group, this.memberId, claims.map((claim) => claim.logId), claims.map((claim) => claim.epoch)],
    })
  }
}
