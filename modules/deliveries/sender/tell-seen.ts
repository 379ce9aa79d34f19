import type { ChannelKind, Connector, Http } from '#channels/connector.ts'
import { loadAccess } from '#modules/channels/index.ts'
import type { Clock } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { Database } from '#platform/db/database.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import type { LineSeen } from '../events.ts'

export interface TellSeenOptions {
  connectors: Readonly<Record<ChannelKind, Connector<unknown>>>
  database: Database
  clock: Clock
  log: Logger
  http: Http
  keys: KeyRing
}

export interface SeenMark {
  tenantId: Id<'tenant'>
  seen: ReturnType<(typeof LineSeen)['schema']['parse']>
}

/** A mark that comes later than this tells the customer nothing any more. */
const STALE_MS = 60_000
const MOST_AT_ONCE = 20
const TIMEOUT_MS = 5_000

/**
 * Tells providers what members have read and that they are typing: at once, beside the lanes, and never twice. What fails or
 * is too much is dropped, because the next mark says more than a repeated one.
 */
export function createSeenTeller(options: TellSeenOptions): { tell(marks: readonly SeenMark[]): Promise<void>; drained(): Promise<void> } {
  const underWay = new Set<Promise<void>>()
  return {
    tell: async (marks) => {
      const fresh = newestPerLine(marks).filter(({ seen }) => options.clock.now().getTime() - Date.parse(seen.at) < STALE_MS)
      for (const { mark, channel } of await withChannels(options, fresh.slice(0, MOST_AT_ONCE - underWay.size))) {
        const done = tellOne(options, mark, channel)
          .catch((error: unknown) => options.log.debug({ error, lineId: mark.seen.lineId }, 'a read mark was not told'))
          .finally(() => underWay.delete(done))
        underWay.add(done)
      }
    },
    drained: async () => {
      await Promise.allSettled(underWay)
    },
  }
}

function newestPerLine(marks: readonly SeenMark[]): SeenMark[] {
  return [...new Map(marks.map((mark) => [mark.seen.lineId, mark])).values()]
}

async function withChannels(
  { database, clock }: TellSeenOptions,
  marks: readonly SeenMark[],
): Promise<{ mark: SeenMark; channel: ChannelKind }[]> {
  if (marks.length === 0) return []
  const rows = await database.batchTransaction([...new Set(marks.map((mark) => mark.tenantId))], clock, (tx) =>
    tx.sql<{ id: string; channel: ChannelKind }>(
      `select a.id, a.channel from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       join channel_accounts a on a.tenant_id = w.tenant_id and a.id = w.id and a.status = 'active'`,
      [marks.map((mark) => toUuid(mark.tenantId)), marks.map((mark) => toUuid(mark.seen.channelAccountId))],
      'channels_of_marks',
    ),
  )
  const channels = new Map(rows.map((row) => [fromUuid('channelAccount', row.id), row.channel]))
  return marks.flatMap((mark) => {
    const channel = channels.get(mark.seen.channelAccountId)
    return channel ? [{ mark, channel }] : []
  })
}

async function tellOne(options: TellSeenOptions, { tenantId, seen }: SeenMark, channel: ChannelKind): Promise<void> {
  const connector = options.connectors[channel]
  const { markRead } = connector.extras
  const { readMarks, typing } = connector.capabilities
  if (!markRead || !(seen.typing ? typing : readMarks)) return
  const owner = { tenantId, channelAccountId: seen.channelAccountId }
  const found = await options.database.batchTransaction([tenantId], options.clock, (tx) =>
    loadAccess(tx, [owner], () => null, { ...options, connector }),
  )
  const access = found.get(seen.channelAccountId)
  if (!access?.credentials) return
  const quick: Http = (request) => options.http({ ...request, timeoutMs: TIMEOUT_MS })
  const outcome = await markRead({ from: access.address, externalId: seen.externalId, typing: seen.typing }, access.credentials, quick)
  if (outcome.kind !== 'done') options.log.debug({ outcome: outcome.kind, lineId: seen.lineId }, 'a read mark was not taken')
}
