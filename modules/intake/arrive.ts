import { noteInbound } from '#modules/channels/index.ts'
import {
  type Arrival,
  arrivalEvents,
  openConversations,
  type Placed,
  type ProjectedMessage,
  projectMessages,
} from '#modules/conversations/index.ts'
import { type LineTouch, openLines, touchLines } from '#modules/lines/index.ts'
import {
  type ArrivedMessage,
  claimMessages,
  findByRefs,
  insertInbound,
  type KnownMessage,
  type MessageRef,
  receivedEvents,
  refKey,
  releaseMessages,
} from '#modules/messages/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { EmittedEvent } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import type { Arriving } from './resolved-event.ts'

const HOUR_MS = 3_600_000

/** What became of the messages of a batch: which were new, and what is to be told. */
export interface Arrived {
  refs: MessageRef[]
  events: EmittedEvent[]
}

/**
 * Puts each message that is new into its conversation, exactly once (I2): claims its name, finds line and conversation, gives it a
 * sequence, stores it, moves the line's window.
 */
export async function arrive(tx: SqlTx, arriving: readonly Arriving[]): Promise<Arrived> {
  const claimed = await claimMessages(
    tx,
    arriving.map(({ message }) => message),
  )
  const fresh = arriving.filter(({ message }) => claimed.has(message.messageId))
  if (fresh.length === 0) return { refs: [], events: [] }
  const lines = await openLines(tx, fresh.map(lineQueryOf))
  const answered = await findByRefs(
    tx,
    fresh.flatMap(({ message }) => repliedTo(message) ?? []),
  )
  const replies = fresh.map(({ message }) => replyOf(message, answered))
  const places = await openConversations(
    tx,
    fresh.map((each, n) => arrivalOf(each, replies[n])),
  )
  const found: Found[] = []
  const homeless: ArrivedMessage[] = []
  for (const [n, each] of fresh.entries()) {
    const [place, lineId] = [places[n], lines[n]]
    if (place && lineId) found.push({ arriving: each, place, lineId, replyTo: replies[n] })
    else homeless.push(each.message)
  }
  await releaseMessages(tx, homeless)
  return { refs: fresh.map(({ message }) => message), events: await store(tx, found) }
}

interface Found {
  arriving: Arriving
  place: Placed
  lineId: Id<'line'>
  replyTo: KnownMessage | undefined
}

async function store(tx: SqlTx, found: readonly Found[]): Promise<EmittedEvent[]> {
  const conversations = new Set(found.map(({ place }) => place.conversation))
  const woken = [...conversations].filter(({ outcome }) => outcome === 'woken').map(({ id }) => id)
  const { sequenceOf, conversations: projected } = await projectMessages(tx, found.map(projectedOf), new Set(woken))
  const placed = found.map(({ arriving: { message }, place, lineId, replyTo }) => ({
    arrived: message,
    conversationId: place.conversation.id,
    lineId,
    sequence: sequenceOf.get(message.messageId) ?? 0,
    replyToMessageId: replyTo?.messageId ?? null,
  }))
  const attachments = await insertInbound(tx, placed)
  const worked = found.filter(({ arriving }) => arriving.mode === 'customer')
  await touchLines(tx, worked.map(touchOf))
  await noteInbound(tx, [...new Set(worked.map(({ arriving }) => arriving.resolved.account))])
  const assigneeOf = new Map(projected.map(({ id, assigneeId }) => [id, assigneeId]))
  const stored = found.flatMap(({ arriving, place }, n) => {
    const message = placed[n]
    if (!message) return []
    const attachmentIds = attachments.get(message.arrived.messageId) ?? []
    const { conversation, isLate } = place
    const isFirst = conversation.outcome === 'opened'
    return {
      placed: message,
      attachmentIds,
      assigneeId: assigneeOf.get(conversation.id) ?? null,
      isFirst,
      isLate,
      isQuiet: arriving.mode === 'quiet',
    }
  })
  stored.sort((a, b) => a.placed.sequence - b.placed.sequence)
  return [...arrivalEvents(conversations, projected), ...receivedEvents(stored)]
}

function lineQueryOf({ message, person }: Arriving) {
  const { tenantId, channelAccountId } = message
  return { tenantId, channelAccountId, contactId: person.contactId, identityIds: person.identityIds, hasNews: person.hasNews }
}

function arrivalOf({ message, person, resolved, mode }: Arriving, replyTo: KnownMessage | undefined): Arrival {
  return {
    tenantId: message.tenantId,
    contactId: person.contactId,
    channelAccountId: message.channelAccountId,
    mode,
    at: message.at,
    timeResolutionMs: resolved.timeResolutionMs,
    answersId: replyTo?.conversationId ?? null,
  }
}

function projectedOf({ arriving: { message, resolved, mode, preview }, place, lineId }: Found): ProjectedMessage {
  return {
    tenantId: message.tenantId,
    conversationId: place.conversation.id,
    messageId: message.messageId,
    at: message.at,
    direction: message.direction,
    kind: message.kind,
    preview,
    lineId,
    channelAccountId: message.channelAccountId,
    channel: resolved.account.channel,
    isUnread: mode === 'customer',
  }
}

function touchOf({ arriving: { message, resolved }, lineId }: Found): LineTouch {
  const { tenantId, at } = message
  const hours = resolved.replyWindowHours
  return { tenantId, lineId, at, windowExpiresAt: hours === null ? null : new Date(at.getTime() + hours * HOUR_MS) }
}

function repliedTo({ tenantId, channelAccountId, replyToExternalId }: ArrivedMessage): MessageRef | null {
  return replyToExternalId === null ? null : { tenantId, channelAccountId, externalId: replyToExternalId }
}

function replyOf(message: ArrivedMessage, answered: ReadonlyMap<string, KnownMessage>): KnownMessage | undefined {
  const ref = repliedTo(message)
  return ref ? answered.get(refKey(ref)) : undefined
}
