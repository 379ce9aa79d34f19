import type { Bus } from '#platform/bus/port.ts'
import type { ProviderClient } from './provider.ts'
import type { Role } from './stage.ts'
import type { WebClient } from './web-client.ts'
import type { Witness } from './witness.ts'

/** Whom faults strike: every kind of process of the product, and what it stands on. */
export type Victim = Role | 'postgres' | 'kafka'

export interface WorkDeps {
  witness: Witness
  bus: Bus
  provider: ProviderClient
  web: WebClient
}

/** What "work in flight" means for each, in words for the report. */
export const WORK_MEANS: Readonly<Record<Victim, string>> = {
  ingress: 'webhooks sent to it and not answered',
  intake: 'updates accepted and not taken in',
  sender: 'deliveries that are due or being called',
  sequencer: 'committed events without a place in the log',
  media: 'files announced and not stored',
  timers: 'timers that are due',
  'webhook-log': 'raw webhooks not yet kept',
  web: 'requests of agents not answered',
  postgres: 'transactions that have written and not committed',
  kafka: 'updates accepted and not taken in',
}

/** @returns how much the kind of process has in hand at this moment; undefined when nobody can say */
export function workOf(deps: WorkDeps, victim: Victim): Promise<number | undefined> {
  const { witness, provider, web } = deps
  switch (victim) {
    case 'ingress':
      return provider.state().then(({ poster }) => poster.inFlight)
    case 'intake':
    case 'kafka':
      return lagOf(deps.bus, 'intake.')
    case 'webhook-log':
      return lagOf(deps.bus, 'webhook-log.')
    case 'sender':
      return witness.countNow("select count(*) from deliveries where state in ('queued', 'sending') and due_at <= clock_timestamp()")
    case 'sequencer':
      return witness.countNow('select count(*) from bus.outbox')
    case 'media':
      return witness.countNow("select count(*) from attachments where state = 'pending'")
    case 'timers':
      return witness.countNow('select count(*) from bus.timers where due_at <= clock_timestamp()')
    case 'web':
      return Promise.resolve(web.waiting())
    case 'postgres':
      return witness.countNow('select count(*) from pg_stat_activity where backend_xid is not null')
  }
}

async function lagOf(bus: Bus, worker: string): Promise<number | undefined> {
  const lag = await bus.lag().catch(() => undefined)
  return lag?.filter(({ group }) => group.startsWith(worker)).reduce((sum, { messages }) => sum + messages, 0)
}
