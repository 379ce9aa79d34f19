import type { AccountAddress, InboundEvent, MessageReceived, Person, PersonIdentity } from '#channels/connector.ts'
import type { AddressOwner } from '#modules/channels/index.ts'
import { type ChannelFacts, type IncomingEvent, receiveMessages } from '#modules/intake/index.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { aChannelAccount, type BuiltChannelAccount } from './channels.ts'
import { aTenant, type BuiltTenant } from './tenants.ts'

/** A tenant with one WhatsApp number: where a customer's message can arrive. */
export interface BuiltInbox {
  tenant: BuiltTenant
  account: BuiltChannelAccount
  owner: AddressOwner
}

export async function anInbox(
  database: Database,
  options: { conversationSlot?: 'all' | 'account'; clock?: Clock } = {},
): Promise<BuiltInbox> {
  const tenant = await aTenant(database, options)
  return { tenant, ...(await anotherNumber(tenant)) }
}

export async function anotherNumber(tenant: BuiltTenant, given: Parameters<typeof aChannelAccount>[1] = {}) {
  const account = await aChannelAccount(tenant.scope, given)
  return { account, owner: { tenantId: tenant.tenantId, channelAccountId: account.channelAccountId } }
}

/** Second of the day that all built events share. */
export const second = (n: number): Date => new Date(Date.UTC(2026, 10, 20, 9, 0, 0) + n * 1_000)

export const whatsappNumber = (digits: string): PersonIdentity[] => [
  { kind: 'wa_id', scope: 'tenant', value: digits, attested: true },
  { kind: 'phone', scope: 'tenant', value: `+${digits}`, attested: true },
]
export const bsuid = (value: string): PersonIdentity => ({ kind: 'bsuid', scope: 'portfolio', value, attested: true })

export const customer = (digits = '628110000001', name?: string): Person => ({ identities: whatsappNumber(digits), name })

const address: AccountAddress = { channel: 'whatsapp', address: '' }

/** A text of a customer, at a second, named by the provider. */
export function aText(externalId: string, at: number | null, given: Partial<MessageReceived> & { text?: string } = {}): MessageReceived {
  const { text = `Text ${externalId}`, ...rest } = given
  return {
    type: 'message',
    account: address,
    providerTime: at === null ? null : second(at).toISOString(),
    person: customer(),
    externalId,
    content: { kind: 'text', text },
    ...rest,
  }
}

/** Any other event, with what all have in common filled in. */
export function anEvent<T extends InboundEvent['type']>(
  type: T,
  at: number,
  given: Omit<Extract<InboundEvent, { type: T }>, 'type' | 'account' | 'providerTime'>,
): Extract<InboundEvent, { type: T }> {
  return { type, account: address, providerTime: second(at).toISOString(), ...given } as Extract<InboundEvent, { type: T }>
}

export const channelFacts: ChannelFacts = () => ({ replyWindowHours: 24, timeResolutionMs: 1_000 })

/** Receives events on an inbox in one transaction, as the intake worker does. They came in an hour after the shared start. */
export async function receive(database: Database, inbox: Pick<BuiltInbox, 'owner'>, ...events: InboundEvent[]): Promise<void> {
  await receiveFor(
    database,
    events.map((event) => ({ event, owner: inbox.owner })),
  )
}

export async function receiveFor(
  database: Database,
  incoming: readonly (Pick<IncomingEvent, 'event' | 'owner'> & { receivedAt?: Date })[],
  clock: Clock = systemClock,
): Promise<void> {
  const tenants = [...new Set(incoming.map(({ owner }) => owner.tenantId))]
  const events = incoming.map((item) => ({ receivedAt: second(3_600), ...item }))
  await database.batchTransaction(tenants, clock, (tx) => receiveMessages(tx, events, channelFacts))
}
