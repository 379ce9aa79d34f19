import { type Clock, pause } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { isDataError } from '#platform/db/sql.ts'
import { emit } from '#platform/events.ts'
import { toUuid } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import { type EndedAttempt, settleAttempts } from '../settle-attempts.ts'
import { type Batches, inBatches } from './batches.ts'

const MOST_AT_ONCE = 100
const LONGEST_WAIT_MS = 2_000

/**
 * Writes down how calls ended. What a call found out is known nowhere else, so while the database is away it is kept and
 * tried again until it is stored or the process ends (then the next sender finds the attempt open and calls it unknown).
 */
export function createSettler({ database, clock, log }: { database: Database; clock: Clock; log: Logger }): Batches<EndedAttempt> {
  const store = (ended: readonly EndedAttempt[]) =>
    database.batchTransaction([...new Set(ended.map((attempt) => attempt.tenantId))], clock, async (tx) => {
      const events = await settleAttempts(tx, ended)
      await forgetRefusedFiles(tx, ended)
      await emit(tx, events)
    })

  const write = async (ended: readonly EndedAttempt[]): Promise<void> => {
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await store(ended)
      } catch (error) {
        if (isDataError(error)) return writeApart(ended, error)
        log.warn({ error, calls: ended.length }, 'the outcome of calls could not be stored yet; trying again')
        await pause(waitMs)
      }
    }
  }

  /** Something in one of the answers does not fit into a column: the others are stored as they are, this one as unknown. */
  const writeApart = async (ended: readonly EndedAttempt[], error: unknown): Promise<void> => {
    const [only] = ended
    if (ended.length > 1 || !only) {
      for (const attempt of ended) await write([attempt])
      return
    }
    log.error({ error, attemptId: only.attemptId }, 'the outcome of a call can not be stored')
    if (only.outcome.kind !== 'ambiguous')
      await write([{ ...only, outcome: { kind: 'ambiguous', reason: 'the answer could not be stored' } }])
  }
  return inBatches(write, MOST_AT_ONCE)
}

/** A file the provider refused is handed over anew when its message is sent again. */
async function forgetRefusedFiles(tx: Parameters<typeof settleAttempts>[0], ended: readonly EndedAttempt[]): Promise<void> {
  const refused = ended.filter(({ outcome }) => outcome.kind === 'refused' && outcome.error.class === 'media')
  if (refused.length === 0) return
  await tx.sql(
    `delete from provider_media p
     using unnest($1::uuid[], $2::uuid[]) as w(tenant_id, delivery_id), deliveries d, attachments a
     where d.tenant_id = w.tenant_id and d.id = w.delivery_id and a.tenant_id = d.tenant_id and a.message_id = d.message_id
       and p.tenant_id = d.tenant_id and p.channel_account_id = d.channel_account_id and p.blob_key = a.blob_key`,
    [refused.map((attempt) => toUuid(attempt.tenantId)), refused.map((attempt) => toUuid(attempt.deliveryId))],
    'forget_refused_files',
  )
}
