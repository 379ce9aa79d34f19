import { applyAccountChanges, applyTemplateChanges, loadReceivingAccounts } from '#modules/channels/index.ts'
import { type AttachedPerson, attachIdentities, recordPreferences } from '#modules/contacts/index.ts'
import { mergeConversations } from '#modules/conversations/index.ts'
import { recordReceipts } from '#modules/deliveries/index.ts'
import { detachIdentities } from '#modules/lines/index.ts'
import { type ArrivedReaction, type ArrivedRevision, changeMessages, type MessageRef } from '#modules/messages/index.ts'
import type { BatchTx } from '#platform/db/database.ts'
import { Contended } from '#platform/db/sql.ts'
import { emit } from '#platform/events.ts'
import { arrive } from './arrive.ts'
import { arrivingOf, isType, namedPersonOf, type PersonalEvent, type ResolvedEvent, resolveEvent, storedContent } from './resolved-event.ts'
import type { ChannelFacts, IncomingEvent } from './types.ts'

/**
 * Takes in what providers told us, of any kind, for all tenants of a batch at once: people, lines, conversations, messages, receipts,
 * and what they change, in the lock order of docs/architecture.md. Every module writes its own tables; this one only composes.
 *
 * Running it again changes nothing (I2), and the number of queries is the same for one event and for five hundred tenants.
 * @throws Contended when somebody else was at the same people or conversations: the transaction runs again
 */
export async function receiveMessages(tx: BatchTx, incoming: readonly IncomingEvent[], factsOf: ChannelFacts): Promise<void> {
  await preferKeys(tx)
  const events = await resolve(tx, incoming, factsOf)
  const personal = events.filter(isPersonal)
  const { people, merges, moved } = await attachIdentities(tx, personal.map(namedPersonOf))
  await detachIdentities(tx, moved)
  const merged = await mergeConversations(tx, merges)

  const known = personal.flatMap((resolved, n) => (people[n] ? [{ resolved, person: people[n] }] : []))
  const arrived = await arrive(
    tx,
    known.flatMap(({ resolved, person }) => arrivingOf(resolved, person) ?? []),
  )
  const received = await recordReceipts(tx, events.filter(isType('receipt')).map(receiptOf))
  const changed = await changeMessages(tx, changesOf(known), [...arrived.refs, ...events.filter(isType('receipt')).map(refOf)])
  await recordPreferences(
    tx,
    known.flatMap(({ resolved, person }) => preferenceOf(resolved, person)),
  )
  const accounts = await applyAccountChanges(tx, events.filter(isType('account')).map(newsOf))
  const templates = await applyTemplateChanges(tx, events.filter(isType('template')).map(newsOf))
  await emit(tx, [...merged, ...arrived.events, ...received, ...changed, ...accounts, ...templates])
}

/**
 * Every query here looks rows up by their full keys, so nested loops over unique indexes are right however large a tenant is. The
 * planner can't know: for young tables it has no statistics, and a plan it once made is kept, which read whole tenants for each batch
 * (2 s instead of 5 ms to find 500 conversations).
 */
async function preferKeys(tx: BatchTx): Promise<void> {
  await tx.sql(
    `select set_config(name, 'off', true) from unnest('{enable_hashjoin,enable_mergejoin,enable_seqscan,enable_bitmapscan}'::text[]) as name`,
    [],
    'prefer_keys',
  )
}

const isPersonal: (resolved: ResolvedEvent) => resolved is ResolvedEvent<PersonalEvent> = isType(
  'message',
  'echo',
  'reaction',
  'edit',
  'revoke',
  'person_changed',
  'preference',
)

/** Whose each event is, asked again where it is written: an account may have changed hands since it was looked up. */
async function resolve(tx: BatchTx, incoming: readonly IncomingEvent[], factsOf: ChannelFacts): Promise<ResolvedEvent[]> {
  const owners = new Map(incoming.map(({ owner }) => [owner.channelAccountId, owner]))
  const accounts = await loadReceivingAccounts(tx, [...owners.values()])
  return incoming.map((item) => {
    const account = accounts.get(item.owner.channelAccountId)
    if (account?.tenantId !== item.owner.tenantId) throw new Contended('a channel account changed hands meanwhile')
    return resolveEvent(item, account, factsOf)
  })
}

interface Known {
  resolved: ResolvedEvent<PersonalEvent>
  person: AttachedPerson
}

function changesOf(known: readonly Known[]): { reactions: ArrivedReaction[]; revisions: ArrivedRevision[] } {
  const reactions: ArrivedReaction[] = []
  const revisions: ArrivedRevision[] = []
  for (const { resolved, person } of known) {
    const { event, account, at } = resolved
    const { tenantId, channelAccountId } = account
    const common = { tenantId, channelAccountId, at }
    if (event.type === 'reaction') {
      const { externalId, targetExternalId, emoji } = event
      const by = event.fromBusiness ? ({ kind: 'business' } as const) : ({ kind: 'contact', contactId: person.contactId } as const)
      reactions.push({ ...common, externalId, targetExternalId, emoji, by })
    } else if (event.type === 'edit') {
      const { externalId, targetExternalId, content } = event
      revisions.push({ ...common, externalId, targetExternalId, change: 'edit', body: content.text ?? '', content: storedContent(content) })
    } else if (event.type === 'revoke') {
      const { externalId, targetExternalId } = event
      revisions.push({ ...common, externalId, targetExternalId, change: 'revoke', body: '', content: {} })
    }
  }
  return { reactions, revisions }
}

function preferenceOf({ event, account, at }: ResolvedEvent<PersonalEvent>, { contactId }: AttachedPerson) {
  if (event.type !== 'preference') return []
  const { category, value } = event
  return [{ tenantId: account.tenantId, contactId, channel: account.channel, category, value, source: 'provider', at }]
}

function receiptOf({ event, account, receivedAt }: ResolvedEvent<Extract<ResolvedEvent['event'], { type: 'receipt' }>>) {
  return { tenantId: account.tenantId, channelAccountId: account.channelAccountId, event, receivedAt }
}

function refOf({ event, account }: ResolvedEvent<Extract<ResolvedEvent['event'], { type: 'receipt' }>>): MessageRef {
  return { tenantId: account.tenantId, channelAccountId: account.channelAccountId, externalId: event.externalId }
}

function newsOf<E extends ResolvedEvent['event']>({ event, account, at }: ResolvedEvent<E>) {
  return { tenantId: account.tenantId, channelAccountId: account.channelAccountId, event, at }
}
