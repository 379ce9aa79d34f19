import type { InboundContent, InboundContext, InboundEvent, Person, PersonIdentity } from '#channels/connector.ts'
import type { ReceivingAccount } from '#modules/channels/index.ts'
import type { AttachedPerson, IdentityClaim, NamedPerson } from '#modules/contacts/index.ts'
import type { ArrivalMode } from '#modules/conversations/index.ts'
import { type ArrivedMessage, type MessageContent, receivedPreview } from '#modules/messages/index.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { providerTimeOf } from './provider-time.ts'
import type { ChannelFacts, IncomingEvent } from './types.ts'

/** An event inside the writing transaction: whose it is, and when it happened. */
export interface ResolvedEvent<E extends InboundEvent = InboundEvent> {
  event: E
  account: ReceivingAccount
  at: Date
  receivedAt: Date
  timeResolutionMs: number
  replyWindowHours: number | null
}

export type PersonalEvent = Extract<InboundEvent, { person: Person }> & { type: Exclude<InboundEvent['type'], 'receipt'> }

export const isType =
  <T extends InboundEvent['type']>(...types: T[]) =>
  (resolved: ResolvedEvent): resolved is ResolvedEvent<Extract<InboundEvent, { type: T }>> =>
    (types as string[]).includes(resolved.event.type)

export function resolveEvent({ event, receivedAt }: IncomingEvent, account: ReceivingAccount, factsOf: ChannelFacts): ResolvedEvent {
  const { timeResolutionMs, replyWindowHours } = factsOf(account.channel)
  const at = providerTimeOf(event.providerTime, receivedAt, timeResolutionMs)
  return { event, account, at, receivedAt, timeResolutionMs, replyWindowHours }
}

export function namedPersonOf({ event, account, at }: ResolvedEvent<PersonalEvent>): NamedPerson {
  const { person } = event
  const nowKnownAs = event.type === 'person_changed' ? event.nowKnownAs : []
  const name = person.name?.trim().slice(0, LIMITS.nameChars)
  return {
    tenantId: account.tenantId,
    claims: [...person.identities, ...nowKnownAs].map((identity) => claimOf(identity, person, account)),
    at,
    ...(name ? { name } : {}),
    ...(event.type === 'person_changed' ? { isStatement: true } : {}),
  }
}

/** The wa_id is what the provider wants to be told, whatever the canonical number is; a username only ever belongs to a user id. */
function claimOf({ kind, scope, value, attested }: PersonIdentity, person: Person, account: ReceivingAccount): IdentityClaim {
  const waId = person.identities.find((identity) => identity.kind === 'wa_id')?.value
  const username = kind === 'phone' ? waId : kind === 'bsuid' ? person.username : undefined
  return { kind, scope: scopeOf(scope, account), value, attested, ...(username === undefined ? {} : { username }) }
}

function scopeOf(scope: PersonIdentity['scope'], account: ReceivingAccount): string {
  if (scope === 'portfolio') return account.portfolio
  return scope === 'account' ? toUuid(account.channelAccountId) : 'tenant'
}

/** A message on its way to its conversation. */
export interface Arriving {
  message: ArrivedMessage
  resolved: ResolvedEvent
  person: AttachedPerson
  mode: ArrivalMode
  preview: string
}

/** What an event puts into a thread; null for events that only change what is there. */
export function arrivingOf(resolved: ResolvedEvent<PersonalEvent>, person: AttachedPerson): Arriving | null {
  const { event } = resolved
  if (event.type === 'message' || event.type === 'echo') {
    const { content } = event
    const isInbound = event.type === 'message'
    const mode = event.history || person.isBlocked ? 'quiet' : isInbound ? 'customer' : 'business'
    const author = isInbound ? ({ kind: 'contact', contactId: person.contactId } as const) : PHONE_APP
    const direction = isInbound ? 'inbound' : 'outbound'
    const message = messageOf(resolved, event.externalId, { content, context: event.context, direction, author })
    return { message, resolved, person, mode, preview: receivedPreview(content) }
  }
  if (event.type === 'person_changed' && event.text) {
    const content: InboundContent = { kind: 'system', text: event.text }
    const message = messageOf(resolved, event.externalId, { content, direction: 'inbound', author: PROVIDER })
    return { message, resolved, person, mode: 'notice', preview: receivedPreview(content) }
  }
  return null
}

const PHONE_APP = { kind: 'phone_app' } as const
const PROVIDER = { kind: 'system' } as const

function messageOf(
  { account, at, receivedAt }: ResolvedEvent,
  externalId: string,
  said: Pick<ArrivedMessage, 'direction' | 'author'> & { content: InboundContent; context?: InboundContext },
): ArrivedMessage {
  const { content, context, direction, author } = said
  return {
    tenantId: account.tenantId,
    channelAccountId: account.channelAccountId,
    externalId,
    messageId: newId('message'),
    direction,
    author,
    kind: content.kind,
    body: (content.text ?? '').slice(0, LIMITS.messageTextChars),
    content: storedContent(content, context),
    media: content.media ?? null,
    replyToExternalId: context?.replyToExternalId ?? null,
    at,
    receivedAt,
  }
}

/** The body is a column, files are rows; everything else a message says is kept as it came. */
export function storedContent({ location, contacts, order, choice, provider }: InboundContent, context?: InboundContext): MessageContent {
  return {
    ...(location && { location }),
    ...(contacts && { contacts }),
    ...(order && { order }),
    ...(choice && { choice }),
    ...(provider && { provider }),
    ...(context && { context }),
  }
}
