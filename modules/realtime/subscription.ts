import type { AppAbility } from '#platform/authority.ts'
import type { Batch } from './batch.ts'
import type { ByteStream } from './byte-stream.ts'
import { cursorOf } from './cursor.ts'
import { sightOf } from './sight.ts'
import { encodeFrame } from './sse.ts'
import type { StreamMetrics } from './stream-metrics.ts'
import type { FrameBody, ResetReason, Subscriber } from './types.ts'

/** One open stream: how far it has come, and what its member may see. */
export interface Subscription {
  subscriber: Subscriber
  stream: ByteStream
  metrics: StreamMetrics
  /** Everything up to this sequence has been told, or was none of the member's business. */
  sequence: number
  ability: AppAbility
  /** True once its place in the log and its ability are known; before, there is nothing to tell. */
  isOpen: boolean
}

/** A frame for one stream alone, carrying the place the stream has come to. */
export function tell(subscription: Subscription, body: FrameBody): void {
  const { subscriber, sequence, stream, metrics } = subscription
  stream.write(encodeFrame({ seq: cursorOf(subscriber.tenantId, sequence), ...body }))
  metrics.framed([body.type])
}

/** The screen reads its pages again; the stream goes on after `head`. */
export function reset(subscription: Subscription, reason: ResetReason, head: number): void {
  subscription.sequence = head
  tell(subscription, { type: 'reset', reason })
}

/**
 * Tells a stream the part of a batch it has not heard, by what its member may see at this moment. All of it or nothing.
 * @returns the events told; undefined, having told nothing, when the stream is behind the batch, its buffer is full, or rows
 *   that decide its reach were not loaded
 */
export function deliver(subscription: Subscription, batch: Batch): { emittedAt: Date }[] | undefined {
  const { sequence: from, ability, stream, subscriber, metrics } = subscription
  if (from >= batch.last) return []
  if (from < batch.after || stream.isFull) return undefined
  const changedAt = batch.abilityChanges.get(subscriber.memberId)
  if (changedAt !== undefined && changedAt > from) {
    reset(subscription, 'ability_changed', batch.last)
    return []
  }
  const steps = batch.steps.filter((step) => step.sequence > from).map((step) => ({ step, sight: sightOf(ability, step) }))
  if (steps.some(({ sight }) => sight === 'unknown')) return undefined
  const told = steps.filter(({ sight }) => sight !== 'hidden')
  const bytes = Buffer.concat(told.map(({ step, sight }) => (sight === 'visible' ? step.visible.bytes : step.removed)))
  if (bytes.length > 0) stream.write(bytes)
  for (const { step, sight } of told) metrics.framed(sight === 'visible' ? step.visible.types : ['removed'])
  subscription.sequence = batch.last
  return told.map(({ step }) => step)
}
