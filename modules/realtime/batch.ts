import { z } from 'zod'
import type { ConversationListItem } from '#modules/conversations/index.ts'
import { MemberAbilityChanged } from '#modules/members/index.ts'
import type { DeliveryView, MessageView } from '#modules/messages/index.ts'
import type { ConversationReach } from '#platform/authority.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { LogEntry } from '#platform/event-log/entry.ts'
import { type Id, idOf } from '#platform/ids.ts'
import { cursorOf } from './cursor.ts'
import { encodeFrame } from './sse.ts'
import type { DeliveryFrame, FrameBody, RowLoaders } from './types.ts'

/** What an event is about, as its payload says. Kinds of events yet to come work by themselves as long as they name ids. */
const Subject = z.object({
  conversationId: idOf('conversation'),
  messageId: idOf('message').optional(),
  deliveryId: idOf('delivery').optional(),
  state: z.string().optional(),
  at: z.string().optional(),
  version: z.number().optional(),
})
type Subject = z.infer<typeof Subject>

/** One event as screens take it. */
export interface Step {
  sequence: number
  emittedAt: Date
  /** Where the conversation is now; null = gone, undefined = not looked up, which only those who see everything may ignore. */
  reachNow: ConversationReach | null | undefined
  reachBefore: ConversationReach | null
  /** For those who may see the conversation. Empty when a later event of the batch brings the same rows. */
  visible: { bytes: Uint8Array; types: readonly FrameBody['type'][] }
  /** For those who no longer may, and could before. */
  removed: Uint8Array
}

/** A stretch of one tenant's log, its rows loaded once and its frames encoded once, for all subscribers of this process. */
export interface Batch {
  /** The sequence it begins after, and the one it ends with. */
  after: number
  last: number
  steps: readonly Step[]
  /** Members whose ability changed within it, with the sequence of the last change. */
  abilityChanges: ReadonlyMap<Id<'member'>, number>
}

/** The rows of a batch as they are now, each loaded once. */
interface Rows {
  /** The conversations looked up, found or not. */
  asked: ReadonlySet<Id<'conversation'>>
  conversations: ReadonlyMap<Id<'conversation'>, ConversationListItem>
  messages: ReadonlyMap<Id<'message'>, MessageView>
  deliveries: ReadonlyMap<Id<'message'>, DeliveryView>
}

/** An event with what it is about. */
interface About {
  entry: LogEntry
  subject: Subject
}

/**
 * Loads the rows a stretch of the log is about, in at most one query of each kind, and encodes its frames.
 * @param options.everyReach false when nobody who listens sees only some conversations; ticks then load nothing at all
 */
export async function prepareBatch(
  tx: SqlTx,
  loaders: RowLoaders,
  options: { tenantId: Id<'tenant'>; after: number; entries: readonly LogEntry[]; everyReach: boolean },
): Promise<Batch> {
  const { tenantId, after, entries, everyReach } = options
  const about = entries.flatMap((entry) => {
    const subject = Subject.safeParse(entry.payload)
    return subject.success ? [{ entry, subject: subject.data }] : []
  })
  const rows = await loadRows(tx, loaders, tenantId, about, everyReach)
  const carriers = lastOfEach(about, rows)
  return {
    after,
    last: entries.at(-1)?.sequence ?? after,
    steps: about.map((one) => stepOf(tenantId, one, rows, carriers)),
    abilityChanges: abilityChangesIn(entries),
  }
}

function abilityChangesIn(entries: readonly LogEntry[]): ReadonlyMap<Id<'member'>, number> {
  const changes = entries.filter(({ type }) => type === MemberAbilityChanged.name)
  return new Map(changes.map(({ payload, sequence }) => [MemberAbilityChanged.schema.parse(payload).memberId, sequence]))
}

/** A tick is about the delivery alone; every other event also moved the conversation's row in the list. */
const isTick = ({ entry }: About): boolean => entry.type.startsWith('delivery.')
/** What a person has to read about is sent whole. */
const needsWords = ({ subject }: About): boolean => subject.state === 'failed' || subject.state === 'unknown'

async function loadRows(
  tx: SqlTx,
  loaders: RowLoaders,
  tenantId: Id<'tenant'>,
  about: readonly About[],
  everyReach: boolean,
): Promise<Rows> {
  const load = <K, V>(ids: readonly K[], loader: (tx: SqlTx, tenantId: Id<'tenant'>, ids: readonly K[]) => Promise<ReadonlyMap<K, V>>) =>
    ids.length > 0 ? loader(tx, tenantId, ids) : new Map<K, V>()
  const ticks = about.filter(isTick)
  const others = about.filter((one) => !isTick(one))
  const messages = await load(unique(others.flatMap(({ subject }) => subject.messageId ?? [])), loaders.messages)
  const homes = [...messages.values()].map(({ conversationId }) => conversationId)
  const asked = unique([...(everyReach ? about : others).map(({ subject }) => subject.conversationId), ...homes])
  return {
    messages,
    asked: new Set(asked),
    conversations: await load(asked, loaders.conversations),
    deliveries: await load(unique(ticks.filter(needsWords).flatMap(({ subject }) => subject.messageId ?? [])), loaders.deliveries),
  }
}

/** Where an event's rows are read now: the conversation it names, or the one that was merged into since. */
function homeOf({ subject }: About, rows: Rows): Id<'conversation'> {
  const message = subject.messageId && rows.messages.get(subject.messageId)
  return message ? message.conversationId : subject.conversationId
}

/** For each row of the batch the last event about it: rows are loaded as they are now, so one frame brings them up to date. */
function lastOfEach(about: readonly About[], rows: Rows): ReadonlyMap<string, number> {
  return new Map(about.flatMap((one) => bodiesOf(one, rows).map(({ id }) => [id, one.entry.sequence] as const)))
}

function stepOf(tenantId: Id<'tenant'>, one: About, rows: Rows, carriers: ReadonlyMap<string, number>): Step {
  const { entry, subject } = one
  const home = homeOf(one, rows)
  const row = rows.conversations.get(home)
  const reachNow = row ? { assigneeId: row.assignee?.id ?? null } : null
  const bodies = bodiesOf(one, rows).filter(({ id }) => carriers.get(id) === entry.sequence)
  // Only the last frame of an event carries the event's place. Whoever is cut off in the middle gets the whole event again.
  const seq = (at: number) => cursorOf(tenantId, at === bodies.length - 1 ? entry.sequence : entry.sequence - 1)
  return {
    sequence: entry.sequence,
    emittedAt: entry.at,
    reachNow: rows.asked.has(home) ? reachNow : undefined,
    reachBefore: entry.reach?.before ?? null,
    visible: {
      bytes: Buffer.concat(bodies.map(({ body }, at) => encodeFrame({ seq: seq(at), ...body }))),
      types: bodies.map(({ body }) => body.type),
    },
    removed: encodeFrame({ seq: cursorOf(tenantId, entry.sequence), type: 'removed', conversationId: subject.conversationId }),
  }
}

/** The rows an event brings, each with the id of its row. */
function bodiesOf(one: About, rows: Rows): { id: string; body: FrameBody }[] {
  if (isTick(one)) return tickOf(one, rows)
  const conversationId = homeOf(one, rows)
  const { messageId } = one.subject
  const conversation = rows.conversations.get(conversationId)
  const message = messageId && rows.messages.get(messageId)
  return [
    ...(conversation ? [{ id: conversationId, body: { type: 'conversation' as const, row: conversation } }] : []),
    ...(messageId && message ? [{ id: messageId, body: { type: 'message' as const, conversationId, row: message } }] : []),
  ]
}

/** A delivery's state without loading it; one that has just been queued is in its first version. */
function tickOf(one: About, rows: Rows): { id: string; body: DeliveryFrame }[] {
  const { conversationId, messageId, deliveryId, state = 'queued', at, version = 1 } = one.subject
  if (!messageId || !deliveryId) return []
  const loaded = needsWords(one) ? rows.deliveries.get(messageId) : undefined
  const body = { type: 'delivery' as const, conversationId, messageId, deliveryId, state, at: at ?? one.entry.at.toISOString(), version }
  return [{ id: deliveryId, body: loaded?.id === deliveryId ? { ...body, delivery: loaded } : body }]
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]
