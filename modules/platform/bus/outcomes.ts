import type { BatchHandler, BusMessage, Outcome } from './port.ts'

/** A message as an adapter or the parking lot has it: its value still the JSON text that was published. */
export interface Fetched {
  topic: string
  partition: number
  /** The log's position or Kafka's offset: the order within the partition. */
  position: number
  key: string
  value: string
  publishedAt: Date
  /** How often a handler has been given it before. */
  tries: number
}

/**
 * A message that could not be done. `behind` was not at fault: an earlier one of its key waits, and it waits behind that one.
 */
export interface Park {
  message: Fetched
  kind: 'later' | 'never' | 'behind'
  reason: string
}

/**
 * Gives the handler what is free to go and says what must be parked. After the first message of a key that isn't done, every
 * later one of that key is parked too, even if the handler says it is done: it is handled again, in order (handlers are
 * idempotent, and order is what they rely on).
 * @param parkedKeys keys that wait already; their messages never reach the handler
 * @throws whatever the handler throws: nothing happened, nothing is to be parked
 */
export async function handleInOrder(
  handle: BatchHandler,
  fetched: readonly Fetched[],
  parkedKeys: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Park[]> {
  const free: BusMessage[] = []
  const unreadable = new Set<Fetched>()
  for (const message of fetched) {
    if (parkedKeys.has(message.key)) continue
    const parsed = parse(message)
    if (parsed) free.push(parsed)
    else unreadable.add(message)
  }
  const outcomes = free.length === 0 ? [] : await handle(free, signal)
  if (outcomes.length !== free.length) {
    throw new Error(`a handler answered ${outcomes.length} outcomes to ${free.length} messages`)
  }
  return parksOf(fetched, parkedKeys, unreadable, outcomes)
}

function parksOf(
  fetched: readonly Fetched[],
  parkedKeys: ReadonlySet<string>,
  unreadable: ReadonlySet<Fetched>,
  outcomes: readonly Outcome[],
): Park[] {
  const parks: Park[] = []
  const blocked = new Set(parkedKeys)
  let next = 0
  for (const message of fetched) {
    const wasHandled = !parkedKeys.has(message.key) && !unreadable.has(message)
    const outcome = wasHandled ? outcomes[next++] : undefined
    if (blocked.has(message.key)) parks.push({ message, kind: 'behind', reason: 'an earlier message of its key waits' })
    else if (unreadable.has(message)) parks.push({ message, kind: 'never', reason: 'the value is not JSON' })
    else if (outcome && outcome.kind !== 'done') parks.push({ message, kind: outcome.kind, reason: outcome.reason })
    else continue
    blocked.add(message.key)
  }
  return parks
}

function parse(message: Fetched): BusMessage | undefined {
  const { topic, key, publishedAt, tries } = message
  try {
    return { topic, key, value: JSON.parse(message.value), publishedAt, attempt: tries + 1 }
  } catch {
    return undefined
  }
}
