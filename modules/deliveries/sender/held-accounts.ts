import type { CircuitState } from '#modules/channels/index.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { emit } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { abandonCalls } from '../abandon-calls.ts'
import { type Lease, type Leases, leaveSenders, releaseLeases } from '../leases.ts'
import type { HeldAccount } from './account.ts'
import { inheritedCircuit } from './circuit.ts'
import { createRate } from './rate.ts'

/** Most accounts, and so tenants, in one statement. */
export const ACCOUNTS_AT_ONCE = 500

export interface HeldAccountsOptions {
  database: Database
  clock: Clock
  holder: Id<'sender'>
  messagesPerSecond: number
  /** Calls of this process that still run. */
  running: () => readonly Id<'attempt'>[]
  onAbandoned: (count: number) => void
}

/** The accounts this process speaks for, kept in step with its leases. */
export interface HeldAccounts {
  all(): HeldAccount[]
  get(id: Id<'channelAccount'>): HeldAccount | undefined
  /** Takes in what was won, lets go what was lost, and gives back what is above the fair share once nothing of it runs. */
  follow(leases: Leases): Promise<void>
  /** Writes off calls nobody heard of for minutes. */
  sweep(): Promise<void>
  /** Gives everything back; nothing may run any more. */
  leave(): Promise<void>
}

export function createHeldAccounts(options: HeldAccountsOptions): HeldAccounts {
  const { database, clock, holder } = options
  const accounts = new Map<Id<'channelAccount'>, HeldAccount>()

  const writeOff = async (leases: readonly Lease[]) => {
    for (const part of parts(leases)) {
      const abandoned = await database.batchTransaction(tenantsOf(part), clock, async (tx) => {
        const result = await abandonCalls(tx, { holder, leases: part, running: options.running() })
        await emit(tx, result.events)
        return result.abandoned
      })
      options.onAbandoned(abandoned)
    }
  }

  const takeIn = async (fresh: readonly Lease[]) => {
    // First the dead sender's open calls become unknown, then anything new is sent: the order on the lines depends on it.
    await writeOff(fresh)
    for (const part of parts(fresh)) {
      const circuits = await loadCircuits(database, clock, part)
      for (const lease of part) {
        const { state, reason } = circuits.get(lease.channelAccountId) ?? { state: 'closed', reason: null }
        accounts.set(lease.channelAccountId, {
          lease,
          circuit: inheritedCircuit(state, reason),
          shownCircuit: state,
          rate: createRate(options.messagesPerSecond),
          access: null,
          running: 0,
          isLeaving: false,
        })
      }
    }
  }

  const giveBack = async (fairShare: number) => {
    const all = [...accounts.values()]
    const staying = all.filter((account) => !account.isLeaving).sort((a, b) => a.running - b.running)
    for (const account of staying.slice(0, Math.max(0, staying.length - fairShare))) account.isLeaving = true
    const quiet = all.filter((account) => account.isLeaving && account.running === 0)
    if (quiet.length === 0) return
    for (const { lease } of quiet) accounts.delete(lease.channelAccountId)
    await database.platformTransaction(clock, (tx) =>
      releaseLeases(
        tx,
        holder,
        quiet.map(({ lease }) => lease),
      ),
    )
  }

  return {
    all: () => [...accounts.values()],
    get: (id) => accounts.get(id),
    follow: async ({ held, fairShare }) => {
      const epochs = new Map(held.map((lease) => [lease.channelAccountId, lease.epoch]))
      for (const [id, { lease }] of accounts) if (epochs.get(id) !== lease.epoch) accounts.delete(id)
      const fresh = held.filter((lease) => !accounts.has(lease.channelAccountId))
      if (fresh.length > 0) await takeIn(fresh)
      await giveBack(fairShare)
    },
    sweep: () => writeOff([...accounts.values()].map(({ lease }) => lease)),
    leave: async () => {
      const leases = [...accounts.values()].map(({ lease }) => lease)
      accounts.clear()
      await database.platformTransaction(clock, async (tx) => {
        await releaseLeases(tx, holder, leases)
        await leaveSenders(tx, holder)
      })
    },
  }
}

export function parts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / ACCOUNTS_AT_ONCE) }, (_, part) =>
    items.slice(part * ACCOUNTS_AT_ONCE, (part + 1) * ACCOUNTS_AT_ONCE),
  )
}

export const tenantsOf = (leases: readonly Lease[]): Id<'tenant'>[] => [...new Set(leases.map((lease) => lease.tenantId))]

async function loadCircuits(database: Database, clock: Clock, leases: readonly Lease[]) {
  const rows = await database.batchTransaction(tenantsOf(leases), clock, (tx) =>
    tx.sql<{ id: string; circuit: CircuitState; circuit_reason: string | null }>(
      `select a.id, a.circuit, a.circuit_reason from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       join channel_accounts a on a.tenant_id = w.tenant_id and a.id = w.id`,
      [leases.map((lease) => toUuid(lease.tenantId)), leases.map((lease) => toUuid(lease.channelAccountId))],
      'load_circuits',
    ),
  )
  return new Map(rows.map((row) => [fromUuid('channelAccount', row.id), { state: row.circuit, reason: row.circuit_reason }]))
}
