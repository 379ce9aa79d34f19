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
export interface Arriving extends ArrivedMessage {
  resolved: ResolvedEvent
  person: AttachedPerson
  mode: ArrivalMode
  preview: string
}

/** What an event puts into a thread; nothing for events that only change what is there. */
export function arrivingOf(resolved: ResolvedEvent<PersonalEvent>, person: AttachedPerson): Arriving[] {
  const { event, account, at, receivedAt } = resolved
  const { tenantId, channelAccountId } = account
  const common = { resolved, person, tenantId, channelAccountId, messageId: newId('message'), at, receivedAt }
  if (event.type === 'message' || event.type === 'echo') {
    const { content, context, externalId } = event
    const isInbound = event.type === 'message'
    const body = (content.text ?? '').slice(0, LIMITS.messageTextChars)
    const said = {
      kind: content.kind,
      body,
      content: storedContent(content, context),
      media: content.media ?? null,
      preview: receivedPreview(content),
    }
    const author = isInbound ? ({ kind: 'contact', contactId: person.contactId } as const) : ({ kind: 'phone_app' } as const)
    const mode = event.history || person.isBlocked ? 'quiet' : isInbound ? 'customer' : 'business'
    const direction = isInbound ? 'inbound' : 'outbound'
    return [{ ...common, ...said, externalId, direction, author, mode, replyToExternalId: context?.replyToExternalId ?? null }]
  }
  if (event.type === 'person_changed' && event.text) {
    const content: InboundContent = { kind: 'system', text: event.text }
    const said = { kind: content.kind, body: event.text, content: {}, media: null, preview: receivedPreview(content) }
    const { externalId } = event
    return [{ ...common, ...said, externalId, direction: 'inbound', author: { kind: 'system' }, mode: 'notice', replyToExternalId: null }]
  }
  return []
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
