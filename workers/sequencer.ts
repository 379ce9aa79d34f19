import { pause } from '#platform/clock.ts'
import { startForwarder } from '#platform/event-log/forwarder.ts'
import { observeEventLog } from '#platform/event-log/observe.ts'
import { forgetOldEntries } from '#platform/event-log/retention.ts'
import { startSequencer } from '#platform/event-log/sequencer.ts'
import { EVENT_LOG_SHARDS } from '#platform/event-log/shards.ts'
import { LIMITS } from '#platform/limits.ts'
import type { StartRole } from './context.ts'

const OBSERVE_MS = 5_000

/** Orders what was committed, and carries it onto the bus. Two of them are enough: they share the shards and replace each other. */
export const start: StartRole = async ({ bus, database, log, metrics }) => {
  const forwarder = startForwarder({ database, bus, log, metrics })
  const sequencer = startSequencer({ database, log, metrics, onProgress: forwarder.wake })
  const stopping = new AbortController()
  const allShards = Array.from({ length: EVENT_LOG_SHARDS }, (_, shard) => shard)

  const chores = (async () => {
    while (!stopping.signal.aborted) {
      await observeEventLog(database.pool, metrics)
        .then(() => forgetOldEntries(database.pool, allShards, LIMITS.logRetentionHours))
        .catch((error: unknown) => log.warn({ error }, 'the event log could not be measured or trimmed'))
      await pause(OBSERVE_MS, stopping.signal)
    }
  })()

  return {
    name: 'sequencer',
    unreadyReasons: () => [...sequencer.unreadyReasons(), ...forwarder.unreadyReasons()],
    stop: async () => {
      stopping.abort()
      await sequencer.stop()
      await Promise.all([forwarder.stop(), chores])
    },
  }
}
