import type { SendOutcome } from '#channels/connector.ts'
import { type HealthReport, reportHealth } from '#modules/channels/index.ts'
import { monotonicMs } from '#platform/clock.ts'
import { emit } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { ClaimedCall, WaitingUpload } from '../claim-deliveries.ts'
import type { OutgoingCall } from '../load-outgoing.ts'
import { type HeldAccount, noteOutcome } from './account.ts'
import { inBatches } from './batches.ts'
import { makeCall } from './call.ts'
import { onAnswer, onNothing } from './circuit.ts'
import { createPairRates } from './pair-rates.ts'
import type { SenderOptions } from './sender.ts'
import type { senderMetrics } from './sender-metrics.ts'
import { createSettler } from './settler.ts'
import { refuseUpload, rememberUpload, uploadFile } from './upload.ts'

export interface CallsOptions extends Omit<SenderOptions, 'metrics'> {
  holder: Id<'sender'>
  metrics: ReturnType<typeof senderMetrics>
  goodUntilMs: () => number
  /** Something of this account ended, so the next on its line may go. */
  onEnd: (id: Id<'channelAccount'>) => void
}

/** What is under way at this moment: calls and uploads, and what they say about their accounts. */
export interface Calls {
  make(account: HeldAccount, call: OutgoingCall): void
  upload(account: HeldAccount, upload: WaitingUpload): void
  /** Tells people when the account's circuit is no longer what they were told. */
  show(account: HeldAccount): void
  running(): Id<'attempt'>[]
  uploading(): Id<'delivery'>[]
  restingLines(nowMs: number): Id<'line'>[]
  /** These were being committed when the database went away: nothing was called for them, whether they are stored or not. */
  doubt(calls: readonly ClaimedCall[]): void
  settleDoubts(): Promise<void>
  drained(): Promise<void>
}

const notCalled: SendOutcome = {
  kind: 'refused',
  error: { code: 'not_called', class: 'transient', title: 'The database was lost before the call was made' },
}

export function createCalls(options: CallsOptions): Calls {
  const { connector, database, clock, log, metrics } = options
  const settler = createSettler(options)
  const pairs = createPairRates(connector.capabilities.pairLimit)
  const attempts = new Set<Id<'attempt'>>()
  const uploads = new Set<Id<'delivery'>>()
  const underWay = new Set<Promise<void>>()
  let doubts: ClaimedCall[] = []

  const health = inBatches<HealthReport>(async (all) => {
    const reports = latestOf(all)
    await database.batchTransaction([...new Set(reports.map((report) => report.tenantId))], clock, async (tx) =>
      emit(tx, await reportHealth(tx, reports)),
    )
  }, 100)

  const show = (account: HeldAccount, stopped?: HealthReport['stopped']) => {
    const { state, reason } = account.circuit
    if (state === account.shownCircuit && !stopped) return
    const before = account.shownCircuit
    account.shownCircuit = state
    health.add({ ...account.lease, circuit: { state, reason }, stopped }).catch((error: unknown) => {
      // Told again with the next change; what is only shown must not hold up what is sent.
      account.shownCircuit = before
      log.warn({ error }, 'the state of a channel account could not be stored')
    })
  }

  const track = (account: HeldAccount, work: () => Promise<void>) => {
    const done = work()
      .catch((error: unknown) => log.error({ error }, 'a call or upload could not be finished'))
      .finally(() => {
        account.running--
        underWay.delete(done)
        metrics.running(underWay.size)
        options.onEnd(account.lease.channelAccountId)
      })
    underWay.add(done)
    metrics.running(underWay.size)
  }

  return {
    make: (account, call) => {
      attempts.add(call.attemptId)
      pairs.take(call.lineId, monotonicMs())
      track(account, async () => {
        const startedAt = monotonicMs()
        const { outcome, isOurs } = await makeCall(call, account.access, options)
        metrics.called(outcome, monotonicMs() - startedAt)
        const stopped = isOurs ? undefined : noteOutcome(account, outcome, monotonicMs())
        if (isOurs) account.circuit = onNothing(account.circuit)
        show(account, isOurs && outcome.kind === 'refused' && outcome.error.class === 'auth' ? { reason: outcome.error.title } : stopped)
        await settler.add({ ...call, outcome })
        attempts.delete(call.attemptId)
      })
    },
    upload: (account, upload) => {
      uploads.add(upload.deliveryId)
      track(account, async () => {
        try {
          const outcome = await uploadFile(upload, account.access, options)
          if (outcome.kind === 'done') {
            account.circuit = onAnswer(account.circuit)
            await rememberUpload(database, clock, upload, outcome.providerMediaId)
          } else {
            show(account, noteOutcome(account, outcome, monotonicMs()))
            await refuseUpload({ database, clock, holder: options.holder, lease: account.lease }, upload, outcome)
          }
        } finally {
          uploads.delete(upload.deliveryId)
        }
      })
    },
    show,
    running: () => [...attempts],
    uploading: () => [...uploads],
    restingLines: pairs.resting,
    doubt: (calls) => {
      doubts.push(...calls)
    },
    settleDoubts: async () => {
      if (doubts.length === 0) return
      const stored = await storedAttempts(options, doubts)
      for (const call of doubts.filter(({ attemptId }) => stored.has(attemptId))) void settler.add({ ...call, outcome: notCalled })
      doubts = []
    },
    drained: async () => {
      await Promise.allSettled(underWay)
      await Promise.all([settler.drained(), health.drained()])
    },
  }
}

/** One report an account: its last circuit, and that it must stop if any said so. */
function latestOf(reports: readonly HealthReport[]): HealthReport[] {
  const latest = new Map<Id<'channelAccount'>, HealthReport>()
  for (const report of reports) {
    const stopped = report.stopped ?? latest.get(report.channelAccountId)?.stopped
    latest.set(report.channelAccountId, { ...report, stopped })
  }
  return [...latest.values()]
}

async function storedAttempts({ database, clock }: CallsOptions, calls: readonly ClaimedCall[]): Promise<Set<Id<'attempt'>>> {
  const rows = await database.batchTransaction([...new Set(calls.map((call) => call.tenantId))], clock, (tx) =>
    tx.sql<{ id: string }>(
      `select a.id from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       join attempts a on a.tenant_id = w.tenant_id and a.id = w.id where a.outcome = 'pending'`,
      [calls.map((call) => toUuid(call.tenantId)), calls.map((call) => toUuid(call.attemptId))],
    ),
  )
  return new Set(rows.map((row) => fromUuid('attempt', row.id)))
}
