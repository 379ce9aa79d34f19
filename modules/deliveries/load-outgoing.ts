import type { OutboundContent, OutboundMessage, Recipient } from '#channels/connector.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { ClaimedCall } from './claim-deliveries.ts'
import { outboundContent, type StoredMessage } from './outbound-content.ts'

/** A committed attempt with all that its call needs; `message` null: there is nothing sendable in it, which is a bug or a lost file. */
export interface OutgoingCall extends ClaimedCall {
  message: Omit<OutboundMessage, 'from'> | null
}

interface Row {
  attempt_id: string
  kind: string
  body: string
  content: unknown
  reply_to: string | null
  identities: { kind: string; value: string }[] | null
  file_name: string | null
  provider_media_id: string | null
}

/** Loads what the calls are about: one query for a claim, over rows of messages, lines and files, all by primary key. */
export async function loadOutgoing(tx: SqlTx, calls: readonly ClaimedCall[]): Promise<OutgoingCall[]> {
  if (calls.length === 0) return []
  const rows = await tx.sql<Row>(
    `select w.attempt_id, m.kind, m.body, m.content,
       coalesce(m.reply_to_external_id, (
         select r.external_id from external_refs r
         where r.tenant_id = m.tenant_id and r.message_id = m.reply_to_message_id and r.channel_account_id = m.channel_account_id limit 1
       )) as reply_to,
       (select json_agg(json_build_object('kind', i.kind, 'value', i.value) order by i.created_at desc, i.id desc)
        from line_identities li join contact_identities i on i.tenant_id = li.tenant_id and i.id = li.identity_id
        where li.tenant_id = m.tenant_id and li.line_id = w.line_id) as identities,
       f.file_name, f.provider_media_id
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as w(tenant_id, attempt_id, message_id, line_id)
     join messages m on m.tenant_id = w.tenant_id and m.id = w.message_id
     left join lateral (
       select a.file_name, p.provider_media_id from attachments a
       left join provider_media p on p.tenant_id = a.tenant_id and p.channel_account_id = m.channel_account_id and p.blob_key = a.blob_key and p.expires_at > $5
       where a.tenant_id = m.tenant_id and a.message_id = m.id order by a.position limit 1
     ) f on true`,
    [
      calls.map((call) => toUuid(call.tenantId)),
      calls.map((call) => toUuid(call.attemptId)),
      calls.map((call) => toUuid(call.messageId)),
      calls.map((call) => toUuid(call.lineId)),
      tx.now,
    ],
    'load_outgoing',
  )
  const byAttempt = new Map(rows.map((row) => [fromUuid('attempt', row.attempt_id), row]))
  return calls.map((call) => ({ ...call, message: messageOf(call.attemptId, byAttempt.get(call.attemptId)) }))
}

function messageOf(attemptId: Id<'attempt'>, row: Row | undefined): OutgoingCall['message'] {
  if (!row) return null
  const stored: StoredMessage = { kind: row.kind, body: row.body, content: row.content }
  const content: OutboundContent | null = outboundContent(stored, { providerMediaId: row.provider_media_id, fileName: row.file_name })
  const to = recipientOf(row.identities ?? [])
  if (content === null || (to.phone === undefined && to.bsuid === undefined)) return null
  return { echo: attemptId, to, content, replyToExternalId: row.reply_to ?? undefined }
}

/** The handles of a line, the one seen last first: the provider's own word for a person beats a number somebody typed. */
function recipientOf(identities: readonly { kind: string; value: string }[]): Recipient {
  const newest = (kind: string) => identities.find((identity) => identity.kind === kind)?.value
  const digits = (newest('wa_id') ?? newest('phone'))?.replace(/\D/g, '')
  return { phone: digits ? `+${digits}` : undefined, bsuid: newest('bsuid') }
}
