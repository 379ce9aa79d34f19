import type { Bus } from '#platform/bus/port.ts'
import { monotonicMs, pause } from '#platform/clock.ts'
import type { BuiltPopulation } from './population.ts'
import type { ProviderClient } from './provider.ts'
import type { WebClient } from './web-client.ts'
import type { Witness } from './witness.ts'

export interface SettleDeps {
  witness: Witness
  bus: Bus
  provider: ProviderClient
  web: WebClient
  population: BuiltPopulation
}

/** What people did about deliveries nobody knew the end of. */
export interface SettledByPeople {
  /** Tries before their time, each of which must be refused. */
  early: { deliveryId: string; status: number; code: string | undefined }[]
  discarded: string[]
  resent: string[]
  problems: string[]
}

const QUIET_LOOKS = 3

/**
 * Waits until nothing moves any more: no webhook, receipt, event, file or delivery on its way.
 * @throws with what still moves when time is over
 */
export async function untilQuiet(deps: SettleDeps, withinMs: number, signal: AbortSignal): Promise<void> {
  const deadline = monotonicMs() + withinMs
  let moving = 'nothing was looked at'
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    if (signal.aborted || monotonicMs() > deadline) throw new Error(`it did not come to rest: ${moving}`)
    moving = await whatMoves(deps)
    quiet = moving === '' ? quiet + 1 : 0
    await pause(250, signal)
  }
}

async function whatMoves({ witness, bus, provider }: SettleDeps): Promise<string> {
  // A call that was on its way when the scripts ended may still have had its receipts kept back.
  await provider.post('receipts/release')
  const state = await provider.state()
  const lag = await bus.lag().catch(() => undefined)
  const [rows] = await witness.rows<Record<string, number>>(`select
    (select count(*)::int from bus.outbox) as "events to be sequenced",
    (select count(*)::int from deliveries where state in ('queued', 'sending')) as deliveries,
    (select count(*)::int from attachments where state = 'pending') as files`)
  const figures: Record<string, number> = {
    webhooks: state.pendingWebhooks,
    receipts: state.scheduled + state.held,
    'messages on the bus': lag ? lag.reduce((sum, { messages }) => sum + messages, 0) : 1,
    'parked messages': lag ? lag.reduce((sum, { parked }) => sum + parked, 0) : 0,
    ...rows,
  }
  return Object.entries(figures)
    .flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
    .join(', ')
}

/** A file that a dead worker was fetching is free again after minutes; here those pass at once. Fetching it twice is harmless. */
export async function freeClaimedFiles({ witness }: SettleDeps): Promise<void> {
  await witness.rows("update attachments set due_at = now() where state = 'pending' and due_at > now()")
}

interface UnknownRow {
  tenant_id: string
  id: string
}

const idOfRow = (row: UnknownRow) => `dlv_${row.id.replaceAll('-', '')}`

/**
 * People settle what no receipt did: half is discarded, half sent again. They may do so ten minutes after the call; first they
 * try too early, and are refused, then the ten minutes pass in the database, because a run is shorter than that.
 */
export async function settleUnknown(deps: SettleDeps): Promise<SettledByPeople> {
  const settled: SettledByPeople = { early: [], discarded: [], resent: [], problems: [] }
  const unknown = await deps.witness.rows<UnknownRow>("select tenant_id, id from deliveries where state = 'unknown' order by id")
  const tenantOf = (row: UnknownRow) => {
    const tenant = deps.population.tenants.find(({ tenantId }) => tenantId.slice(4) === row.tenant_id.replaceAll('-', ''))
    if (!tenant) throw new Error(`nobody owns delivery ${row.id}`)
    return tenant
  }
  const young = await deps.witness.rows<UnknownRow>(
    "select tenant_id, id from deliveries where state = 'unknown' and unknown_at > now() - interval '9 minutes' order by id limit 3",
  )
  for (const row of young) {
    const { status, body } = await deps.web.post(tenantOf(row), `/deliveries/${idOfRow(row)}/discard`)
    settled.early.push({ deliveryId: idOfRow(row), status, code: body.code })
  }
  await deps.witness.rows("update deliveries set unknown_at = unknown_at - interval '11 minutes' where state = 'unknown'")
  for (const [n, row] of unknown.entries()) {
    const what = n % 2 === 0 ? 'discard' : 'resend'
    const { status, body } = await deps.web.post(tenantOf(row), `/deliveries/${idOfRow(row)}/${what}`)
    if (status !== 200) settled.problems.push(`${what} of ${idOfRow(row)} was answered ${status} ${body.code ?? ''}`)
    else if (what === 'discard') settled.discarded.push(idOfRow(row))
    else settled.resent.push(idOfRow(row))
  }
  return settled
}
