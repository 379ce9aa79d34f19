import type { Counter, Gauge, Histogram } from 'prom-client'
import type { Metrics } from '../metrics.ts'
import type { TopicLag } from './port.ts'

/** What the bus tells Prometheus. KEDA scales intake on `weft_bus_lag_messages`. */
export interface Instruments {
  published: Counter<'topic'>
  publishFailures: Counter
  consumed: Counter<'group' | 'outcome'>
  handlerSeconds: Histogram<'group'>
  handlerFailures: Counter<'group'>
  /** Sets both gauges anew from what the bus counted. */
  showLag(lag: readonly TopicLag[]): void
}

export function busInstruments(metrics: Metrics): Instruments {
  const lagMessages: Gauge<'topic' | 'group'> = metrics.gauge(
    'weft_bus_lag_messages',
    'Messages published and not yet handled, parked ones not counted',
    ['topic', 'group'],
  )
  const parked: Gauge<'topic' | 'group'> = metrics.gauge(
    'weft_bus_parked_messages',
    'Messages that wait to be tried again or for a person',
    ['topic', 'group'],
  )
  return {
    published: metrics.counter('weft_bus_published_total', 'Messages the bus accepted', ['topic']),
    publishFailures: metrics.counter(
      'weft_bus_publish_failures_total',
      'Writes to the bus that failed; each is tried again until its deadline',
    ),
    consumed: metrics.counter('weft_bus_consumed_total', 'Messages handled, by what became of them', ['group', 'outcome']),
    handlerSeconds: metrics.histogram('weft_bus_handler_seconds', 'Time of one call of a handler, whatever its batch', ['group']),
    handlerFailures: metrics.counter(
      'weft_bus_handler_failures_total',
      'Calls of a handler that threw; nothing happened, they are repeated',
      ['group'],
    ),
    showLag: (lag) => {
      for (const { topic, group, messages, parked: waiting } of lag) {
        lagMessages.set({ topic, group }, messages)
        parked.set({ topic, group }, waiting)
      }
    },
  }
}
