import { numbers, texts, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { ClaimOptions } from './claim-deliveries.ts'
import type { DeliveryKey } from './rows.ts'

/** The file of a message, and what the provider calls it if it has it already. */
export interface HeadFile {
  blobKey: string
  mimeType: string
  fileName: string | null
  providerMediaId: string | null
}

/** The delivery whose turn it is on its line. */
export interface Head extends DeliveryKey {
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  tries: number
  isTemplate: boolean
  windowExpiresAt: Date | null
  file: HeadFile | null
}

interface SqlRow {
  tenant_id: string
  id: string
  line_id: string
  channel_account_id: string
  tries: number
  is_template: boolean
  window_expires_at: Date | null
  blob_key: string | null
  mime_type: string | null
  file_name: string | null
  provider_media_id: string | null
}

/**
 * For each account with room: the first due delivery of each line, oldest first, unless something stands before it on the
 * line. What may stand before it: a call that runs or will be repeated, an unknown one of the last half minute, an earlier one
 * of the same lane that is due. A delivery of the future stands before nothing.
 *
 * One statement over rows of several nouns, because it is asked a few times a second for every account at once: 5.6 ms for 500
 * idle accounts of 500 tenants, and no more with 50,000 waiting in one of them (find-heads.db.test.ts holds the cost).
 * Accounts take turns, so that a campaign in one does not starve the others.
 */
export async function findHeads(tx: SqlTx, options: ClaimOptions): Promise<Head[]> {
  const { rooms } = options
  const rows = await tx.sql<SqlRow>(
    text,
    [
      uuids(rooms.map((room) => room.tenantId)),
      uuids(rooms.map((room) => room.channelAccountId)),
      texts(rooms.map((room) => room.lane)),
      numbers(rooms.map((room) => room.calls)),
      tx.now,
      new Date(tx.now.getTime() - LIMITS.unknownHoldsLineMs),
      uuids(options.restingLines),
      uuids(options.uploading),
      options.limit,
    ],
    'find_heads',
  )
  return rows.map(headOf)
}

const text = `
  with room as (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as r(tenant_id, channel_account_id, lane, calls)
  ), head as (
    select h.*, l.window_expires_at,
      row_number() over (partition by h.tenant_id, h.line_id order by h.lane desc) as on_line
    from room cross join lateral (
      select d.tenant_id, d.id, d.line_id, d.channel_account_id, d.message_id, d.lane, d.tries, d.due_at, d.position
      from deliveries d
      join lines l on l.tenant_id = d.tenant_id and l.id = d.line_id
      where d.tenant_id = room.tenant_id and d.channel_account_id = room.channel_account_id and d.lane = room.lane
        and d.state in ('queued', 'sending') and d.attempt_id is null and d.due_at <= $5
        and (l.held_until is null or l.held_until <= $5)
        and d.line_id <> all($7::uuid[]) and d.id <> all($8::uuid[])
        and not exists (
          select from deliveries o
          where o.tenant_id = d.tenant_id and o.line_id = d.line_id and o.id <> d.id and o.state in ('queued', 'sending', 'unknown')
            and (o.state = 'sending' or (o.state = 'unknown' and o.unknown_at > $6)
              or (o.state = 'queued' and o.lane = d.lane and o.position < d.position and o.due_at <= $5)))
      order by d.due_at, d.position
      limit room.calls
    ) h
    join lines l on l.tenant_id = h.tenant_id and l.id = h.line_id
  ), chosen as (
    select h.*, row_number() over (partition by h.channel_account_id order by h.lane desc, h.due_at, h.position) as turn
    from head h
    join channel_accounts a on a.tenant_id = h.tenant_id and a.id = h.channel_account_id and a.status = 'active'
    where h.on_line = 1
    order by turn, h.due_at
    limit $9
  )
  select c.tenant_id, c.id, c.line_id, c.channel_account_id, c.tries, c.window_expires_at, m.kind = 'template' as is_template,
    f.blob_key, f.mime_type, f.file_name, p.provider_media_id
  from chosen c
  join messages m on m.tenant_id = c.tenant_id and m.id = c.message_id
  left join lateral (
    select * from attachments a where a.tenant_id = c.tenant_id and a.message_id = c.message_id order by a.position limit 1
  ) f on true
  left join provider_media p on p.tenant_id = c.tenant_id and p.channel_account_id = c.channel_account_id and p.blob_key = f.blob_key and p.expires_at > $5
  order by c.turn, c.due_at`

function headOf(row: SqlRow): Head {
  const { blob_key: blobKey, mime_type: mimeType, file_name: fileName, provider_media_id: providerMediaId } = row
  return {
    tenantId: fromUuid('tenant', row.tenant_id),
    deliveryId: fromUuid('delivery', row.id),
    lineId: fromUuid('line', row.line_id),
    channelAccountId: fromUuid('channelAccount', row.channel_account_id),
    tries: row.tries,
    isTemplate: row.is_template,
    windowExpiresAt: row.window_expires_at,
    file: blobKey === null ? null : { blobKey, mimeType: mimeType ?? 'application/octet-stream', fileName, providerMediaId },
  }
}
