import type { Http, InboundEvent, SendOutcome } from '#channels/connector.ts'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { addressDirectory, reportHealth, resolveAddresses } from '#modules/channels/index.ts'
import { loadListItems } from '#modules/conversations/index.ts'
import { abandonCalls } from '#modules/deliveries/abandon-calls.ts'
import { createSeenTeller, startSender } from '#modules/deliveries/index.ts'
import { claimPendingFiles, markFailed, markStored, postpone } from '#modules/files/pending-files.ts'
import { loadMessageViews, touchMessages } from '#modules/messages/index.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import { pause, systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { testKeys } from '#tests/builders/channels.ts'
import { externalIdOf } from '#tests/builders/conversations.ts'
import { anEvent, aText, bsuid, customer, receiveFor, whatsappNumber } from '#tests/builders/inbound.ts'
import type { LargeTenant, Recorded } from './large-tenant.ts'

export type Flow = (large: LargeTenant, recorded: Recorded) => Promise<unknown>

/** What workers do all day, each once, so that every statement of theirs is planned. */
export const workerFlows: [string, Flow][] = [
  ['loads rows for live screens', loadRows],
  ['receives messages of people known and unknown', receiveTexts],
  ['receives what changes messages', receiveChanges],
  ['receives receipts, early, late and unknown', receiveReceipts],
  ['learns that two people are one', mergePeople],
  ['learns what people and accounts want known', receiveNews],
  ['sends what is due', send],
  ['writes off calls nobody heard of', abandon],
  ['fetches files', fetchFiles],
  ['finds whose an address is, and how an account is', lookUp],
]

const inTenant =
  ({ tenant }: LargeTenant, { worker }: Recorded) =>
  (work: Parameters<typeof worker.batchTransaction>[2]) =>
    worker.batchTransaction([tenant.tenantId], systemClock, work)

function receive({ tenant, channelAccountId }: LargeTenant, { worker }: Recorded, events: InboundEvent[]) {
  const owner = { tenantId: tenant.tenantId, channelAccountId }
  return receiveFor(
    worker,
    events.map((event) => ({ event, owner, receivedAt: systemClock.now() })),
  )
}

/** Just now, so that it comes after all that was built. */
const now = () => ({ providerTime: systemClock.now().toISOString() })

/** The provider's name of a built message, and its writer. */
function known(large: LargeTenant, n: number) {
  const conversation = large.conversation(n)
  const [inbound, outbound] = conversation.messageIds.map(externalIdOf)
  return { person: customer(conversation.phone), inbound: inbound ?? '', outbound: outbound ?? '' }
}

function loadRows(large: LargeTenant, recorded: Recorded) {
  const { tenantId } = large.tenant
  const [one, two] = [large.conversation(1), large.conversation(2)]
  return inTenant(
    large,
    recorded,
  )(async (tx) => [
    await loadListItems(tx, tenantId, [one.conversationId, two.conversationId]),
    await loadMessageViews(tx, tenantId, [...one.messageIds, ...two.messageIds]),
  ])
}

async function receiveTexts(large: LargeTenant, recorded: Recorded) {
  const { person, outbound } = known(large, 40)
  const picture = { kind: 'image' as const, media: { kind: 'image' as const, providerMediaId: 'media-1', mimeType: 'image/jpeg' } }
  const reopening = known(large, 43)
  await receive(large, recorded, [
    aText('wamid.known', 1, { person }),
    aText('wamid.answer', 2, { person, context: { replyToExternalId: outbound } }),
    aText('wamid.new', 3),
    aText('wamid.picture', 4, { content: picture }),
    aText('wamid.reopens', 5, { ...now(), person: reopening.person, context: { replyToExternalId: reopening.outbound } }),
    { ...aText('wamid.echo', 6, { person }), type: 'echo' },
  ])
}

function receiveChanges(large: LargeTenant, recorded: Recorded) {
  const { person, inbound, outbound } = known(large, 41)
  const content = { kind: 'text' as const, text: 'New words' }
  return receive(large, recorded, [
    anEvent('reaction', 4, { person, externalId: 'wamid.r1', targetExternalId: outbound, emoji: '👍', fromBusiness: false }),
    anEvent('reaction', 4, { person, externalId: 'wamid.r2', targetExternalId: 'wamid.not-yet', emoji: '👍', fromBusiness: true }),
    anEvent('edit', 5, { person, externalId: 'wamid.e', targetExternalId: inbound, content, fromBusiness: false }),
    anEvent('revoke', 6, {
      person,
      externalId: 'wamid.v',
      targetExternalId: externalIdOf(large.conversation(41).messageIds[2] ?? newId('message')),
      fromBusiness: false,
    }),
  ])
}

function receiveReceipts(large: LargeTenant, recorded: Recorded) {
  return receive(large, recorded, [
    anEvent('receipt', 6, { externalId: known(large, 42).outbound, status: 'read', echo: newId('attempt') }),
    anEvent('receipt', 7, { externalId: 'wamid.unknown', status: 'delivered' }),
  ])
}

/** A BSUID first seen alone, then beside the phone number of somebody we know. */
async function mergePeople(large: LargeTenant, recorded: Recorded) {
  const { phone } = large.conversation(60)
  const alone = { identities: [bsuid('ID.1234567890')], name: 'Siti' }
  await receive(large, recorded, [aText('wamid.alone', 10, { person: alone })])
  await receive(large, recorded, [aText('wamid.both', 11, { person: { identities: [bsuid('ID.1234567890'), ...whatsappNumber(phone)] } })])
  await receive(large, recorded, [aText('wamid.again', 12, { person: alone })])
  // The number was handed on to somebody else.
  await receive(large, recorded, [
    aText('wamid.handed-on', 13, { ...now(), person: { identities: [bsuid('ID.999'), ...whatsappNumber(phone)] } }),
  ])
}

function receiveNews(large: LargeTenant, recorded: Recorded) {
  const { person } = known(large, 44)
  return receive(large, recorded, [
    anEvent('preference', 12, { person, category: 'marketing_messages', value: 'stop' }),
    anEvent('person_changed', 13, {
      ...{
        person,
        change: 'number',
        externalId: 'wamid.moved',
        nowKnownAs: whatsappNumber('628119998887'),
        text: 'They have a new number',
      },
    }),
    anEvent('account', 14, {
      field: 'phone_number_quality_update',
      severity: 'warning',
      summary: 'Quality is low',
      data: { quality: 'YELLOW' },
    }),
    anEvent('template', 15, { templateExternalId: '1', status: 'PAUSED' }),
  ])
}

const silent = { log: createLog({ level: 'silent', process: 'test' }), metrics: createMetrics({ defaults: false }) }
const noBlobs: BlobStore = { put: async () => {}, get: async () => null, delete: async () => {} }

/** A whole sender, with a provider that wants patience once and then takes everything; and a read mark. */
async function send(large: LargeTenant, { worker }: Recorded) {
  let taken = 0
  const whatsapp = createWhatsapp({ graphUrl: 'http://127.0.0.1:1' })
  const sender = startSender({
    channel: 'whatsapp',
    connector: { ...whatsapp, send: async () => (taken++ === 0 ? tooFast : { kind: 'accepted', externalId: `wamid.sent-${taken}` }) },
    ...{ database: worker, clock: systemClock, ...silent, keys: testKeys, blobs: noBlobs, http: noNetwork, leaseMs: 4_000, pollMs: 50 },
  })
  while (taken < 3) await pause(20)
  await sender.stop()

  const { conversationId, lineId, channelAccountId } = large.conversation(10)
  const seen = { conversationId, lineId, channelAccountId, externalId: 'wamid.x', typing: false, at: systemClock.now().toISOString() }
  const teller = createSeenTeller({
    ...{ connectors: { whatsapp }, database: worker, clock: systemClock, log: silent.log, http: noNetwork, keys: testKeys },
  })
  await teller.tell([{ tenantId: large.tenant.tenantId, seen }])
  await teller.drained()
}

const tooFast: SendOutcome = { kind: 'refused', error: { code: '131056', class: 'pair_rate', title: 'Too fast' } }
const noNetwork: Http = async () => ({ kind: 'broken', wrote: false, reason: 'there is no network here' })

function abandon(large: LargeTenant, recorded: Recorded) {
  const { tenant, channelAccountId } = large
  const leases = [{ tenantId: tenant.tenantId, channelAccountId, epoch: 1 }]
  return inTenant(large, recorded)((tx) => abandonCalls(tx, { holder: newId('sender'), leases, running: [] }))
}

function fetchFiles(large: LargeTenant, recorded: Recorded) {
  const { tenantId } = large.tenant
  return inTenant(
    large,
    recorded,
  )(async (tx) => {
    const [file] = await claimPendingFiles(tx, [tenantId], 10)
    if (!file) throw new Error('the picture received before is not waiting')
    const stored = {
      kind: 'image' as const,
      mimeType: 'image/jpeg',
      fileName: 'a.jpg',
      sizeBytes: 1,
      sha256: '0',
      blobKey: 'k',
      width: 1,
      height: 1,
    }
    await postpone(tx, file, tx.now)
    await markStored(tx, file, stored)
    await markFailed(tx, file, 'gone')
    await touchMessages(tx, [file], ['attachments'])
  })
}

async function lookUp(large: LargeTenant, recorded: Recorded) {
  const { tenantId } = large.tenant
  const { channelAccountId } = large
  const { worker } = recorded
  const query = { account: { channel: 'whatsapp' as const, address: '1' }, viaAccountId: null }
  await worker.platformTransaction(systemClock, (tx) => resolveAddresses(tx, [query]))
  await inTenant(large, recorded)((tx) => reportHealth(tx, [{ tenantId, channelAccountId, circuit: { state: 'open', reason: 'tired' } }]))
  const directory = addressDirectory({ database: worker, keys: testKeys, clock: systemClock, onError: () => {} })
  await directory.ownApp('whatsapp', channelAccountId)
}
