import type { IncomingEvent } from '#modules/intake/index.ts'
import type { Metrics } from '#platform/metrics.ts'

export function intakeMetrics(metrics: Metrics) {
  const events = metrics.counter('weft_intake_events_total', 'Events taken in, by type', ['type'])
  const seconds = metrics.histogram('weft_intake_batch_seconds', 'One transaction that took a batch in')
  const age = metrics.histogram('weft_intake_age_seconds', 'From the webhook to its rows')
  return {
    taken: (incoming: readonly IncomingEvent[], now: Date, tookMs: number) => {
      seconds.observe(tookMs / 1_000)
      for (const { event, receivedAt } of incoming) {
        events.inc({ type: event.type })
        age.observe(Math.max(0, now.getTime() - receivedAt.getTime()) / 1_000)
      }
    },
  }
}
