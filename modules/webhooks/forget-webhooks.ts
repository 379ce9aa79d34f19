import type { BlobStore } from '#platform/blobs/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { LIMITS } from '#platform/limits.ts'

const BATCH = 1_000

/**
 * Deletes raw webhooks older than their retention, in small transactions. The row goes first: a file without a row is found
 * by nobody, a row without its file could not be replayed.
 * @returns how many were forgotten
 */
export async function forgetWebhooks(database: Database, clock: Clock, blobs: BlobStore): Promise<number> {
  const before = new Date(clock.now().getTime() - LIMITS.webhookRetentionDays * 86_400_000)
  for (let forgotten = 0; ; ) {
    const gone = await database.platformTransaction(clock, (tx) =>
      tx.sql<{ blob_key: string | null }>(
        `delete from webhooks where id = any (array(select id from webhooks where received_at < $1 order by received_at limit ${BATCH})) returning blob_key`,
        [before],
      ),
    )
    for (const { blob_key } of gone) if (blob_key !== null) await blobs.delete(blob_key)
    forgotten += gone.length
    if (gone.length < BATCH) return forgotten
  }
}
