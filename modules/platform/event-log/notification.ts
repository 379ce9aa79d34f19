/** The one channel the sequencer notifies on. */
export const LOG_CHANNEL = 'weft_log'

/**
 * Tenants named by one notification. PostgreSQL takes payloads below 8,000 bytes; 36 of a uuid, 17 of a sequence and two
 * separators make 56 at most.
 */
export const TENANTS_PER_NOTIFICATION = 140

/** What has just been appended to one shard: its new position, and the new head of each tenant concerned. */
export interface LogNotification {
  shard: number
  position: number
  heads: { tenantUuid: string; sequence: number }[]
}

/**
 * Reads a payload `<shard>:<position>;<tenant uuid>:<sequence>,…` as the append statement in sequencer.ts writes it.
 * @returns undefined for anything else, which a listener answers by looking at every tenant
 */
export function parseLogNotification(payload: string): LogNotification | undefined {
  const match = /^([0-7]):(\d{1,16});((?:[0-9a-f-]{36}:\d{1,16},?)+)$/.exec(payload)
  if (!match) return undefined
  const heads = (match[3] ?? '').split(',').map((entry) => {
    const [tenantUuid = '', sequence] = entry.split(':')
    return { tenantUuid, sequence: Number(sequence) }
  })
  return { shard: Number(match[1]), position: Number(match[2]), heads }
}
