import type { Actor, AppAbility } from './authority.ts'
import type { Clock } from './clock.ts'
import type { Database, Tx } from './db/database.ts'
import type { SqlTx } from './db/sql.ts'
import type { Id } from './ids.ts'

/** Who and where: the first parameter of every use case. Passed, never looked up. */
export interface Scope {
  tenantId: Id<'tenant'>
  actor: Actor
  ability: AppAbility
  clock: Clock
  /**
   * Runs `work` in one transaction that sees this tenant only. Re-runnable: a serialization failure or deadlock runs it
   * again from the start, so it must have no effect outside the database.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for reading alone, on plain pg: the lists and threads that screens ask for all day. */
  read<T>(work: (tx: SqlTx) => Promise<T>): Promise<T>
}

export function scopeOf(options: { database: Database; tenantId: Id<'tenant'>; actor: Actor; ability: AppAbility; clock: Clock }): Scope {
  const { database, tenantId, actor, ability, clock } = options
  return {
    tenantId,
    actor,
    ability,
    clock,
    transaction: (work) => database.tenantTransaction(tenantId, clock, work),
    read: (work) => database.tenantRead(tenantId, clock, work),
  }
}
