import { noteInbound } from '#modules/channels/index.ts'
import { arrivalEvents, openConversations, type Placed, projectMessages } from '#modules/conversations/index.ts'
import { type OpenedLine, openLines, touchLines } from '#modules/lines/index.ts'
import {
  claimMessages,
  findByRefs,
  insertInbound,
  type MessageRef,
  type PlacedMessage,
  receivedEvents,
  refKey,
  releaseMessages,
} from '#modules/messages/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { EmittedEvent } from '#platform/events.ts'
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
export async function arrive(tx: SqlTx, messages: readonly Arriving[]): Promise<Arrived> {
  const fresh = await claimMessages(tx, messages)
  if (fresh.length === 0) return { refs: [], events: [] }
  const lines = await openLines(
    tx,
    fresh.map(({ person, ...message }) => ({ ...message, ...person })),
  )
  const answered = await findByRefs(tx, fresh.flatMap(repliedTo))
  const replyOf = (message: Arriving) => repliedTo(message).map((ref) => answered.get(refKey(ref)))[0]
  const places = await openConversations(
    tx,
    fresh.map(({ person, resolved, ...message }) => ({
      ...message,
      contactId: person.contactId,
      timeResolutionMs: resolved.timeResolutionMs,
      answersId: replyOf({ ...message, person, resolved })?.conversationId ?? null,
    })),
  )
  const found = fresh.flatMap((message, n) => {
    const [place, line] = [places[n], lines[n]]
    return place && line ? [{ message, place, line, replyToMessageId: replyOf(message)?.messageId ?? null }] : []
  })
  const homeless = fresh.filter((_, n) => !places[n])
  await releaseMessages(tx, homeless)
  return { refs: fresh, events: await store(tx, found) }
}

interface Found {
  message: Arriving
  place: Placed
  line: OpenedLine
  replyToMessageId: PlacedMessage['replyToMessageId']
}

async function store(tx: SqlTx, found: readonly Found[]): Promise<EmittedEvent[]> {
  const conversations = [...new Set(found.map(({ place }) => place.conversation))]
  const woken = conversations.filter(({ outcome }) => outcome === 'woken').map(({ id }) => id)
  const { sequenceOf, conversations: projected } = await projectMessages(tx, found.map(projectedOf), new Set(woken))
  const assigneeOf = new Map(projected.map(({ id, assigneeId }) => [id, assigneeId]))
  const placed = found.map((each) => ({ ...each, stored: placedOf(each, sequenceOf.get(each.message.messageId) ?? 0) }))
  const attachments = await insertInbound(
    tx,
    placed.map(({ stored }) => stored),
  )
  const worked = found.filter(({ message }) => message.mode === 'customer')
  await touchLines(tx, worked.flatMap(touchesOf))
  await noteInbound(tx, [...new Set(worked.map(({ message }) => message.resolved.account))])
  const received = placed.map(({ stored, message, place }) => ({
    ...stored,
    assigneeId: assigneeOf.get(place.conversation.id) ?? null,
    attachmentIds: attachments.get(stored.messageId) ?? [],
    isLate: place.isLate,
    isQuiet: message.mode === 'quiet',
  }))
  received.sort((a, b) => a.sequence - b.sequence)
  return [...arrivalEvents(conversations, projected), ...receivedEvents(received)]
}

function projectedOf({ message, place, line }: Found) {
  const { tenantId, messageId, at, direction, kind, preview, channelAccountId, mode, resolved } = message
  const where = { conversationId: place.conversation.id, lineId: line.lineId, channelAccountId, channel: resolved.account.channel }
  return { ...where, tenantId, messageId, at, direction, kind, preview, isUnread: mode === 'customer' }
}

function placedOf({ message, place, line, replyToMessageId }: Found, sequence: number): PlacedMessage {
  const { resolved: _resolved, person: _person, mode: _mode, preview: _preview, ...arrived } = message
  return { ...arrived, conversationId: place.conversation.id, lineId: line.lineId, sequence, replyToMessageId }
}

/** Every line that reaches the person: they wrote, whichever of their addresses we file it under. */
function touchesOf({ message, line }: Found) {
  const { tenantId, at, resolved } = message
  const hours = resolved.replyWindowHours
  const windowExpiresAt = hours === null ? null : new Date(at.getTime() + hours * HOUR_MS)
  return line.reachable.map((lineId) => ({ tenantId, lineId, at, windowExpiresAt }))
}

function repliedTo({ tenantId, channelAccountId, replyToExternalId }: Arriving): MessageRef[] {
  return replyToExternalId === null ? [] : [{ tenantId, channelAccountId, externalId: replyToExternalId }]
}
