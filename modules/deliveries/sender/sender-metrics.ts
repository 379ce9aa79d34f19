import type { ChannelKind, SendOutcome } from '#channels/connector.ts'
import { CIRCUIT_STATES, type CircuitState } from '#modules/channels/index.ts'
import type { Metrics } from '#platform/metrics.ts'

/** What operators see of one channel's sender; k8s scales senders on the first. */
export function senderMetrics(metrics: Metrics, channel: ChannelKind) {
  const oldest = metrics.gauge('weft_sender_oldest_due_seconds', 'Age of the oldest delivery that is due and could be sent', ['channel'])
  const calls = metrics.counter('weft_sender_calls_total', 'Calls to the provider by outcome', ['channel', 'outcome', 'class'])
  const seconds = metrics.histogram('weft_sender_call_seconds', 'From writing a call to its answer', ['channel'])
  const waited = metrics.histogram('weft_sender_wait_seconds', 'From a delivery being due to its call', ['channel'])
  const running = metrics.gauge('weft_sender_running', 'Calls and uploads under way', ['channel'])
  const accounts = metrics.gauge('weft_sender_accounts', 'Channel accounts this process sends for', ['channel'])
  const circuits = metrics.gauge('weft_sender_circuits', 'Channel accounts by the state of their circuit breaker', ['channel', 'state'])
  const abandoned = metrics.counter('weft_sender_abandoned_total', 'Calls of dead senders written off as unknown', ['channel'])
  const closed = metrics.counter('weft_sender_window_closed_total', 'Messages whose reply window closed before their turn', ['channel'])
  return {
    oldestDue: (age: number) => oldest.set({ channel }, age),
    called: (outcome: SendOutcome, tookMs: number) => {
      const errorClass = outcome.kind === 'refused' ? outcome.error.class : ''
      calls.inc({ channel, outcome: outcome.kind, class: errorClass })
      seconds.observe({ channel }, tookMs / 1_000)
    },
    waited: (ms: number) => waited.observe({ channel }, Math.max(0, ms) / 1_000),
    running: (count: number) => running.set({ channel }, count),
    abandoned: (count: number) => abandoned.inc({ channel }, count),
    windowClosed: (count: number) => closed.inc({ channel }, count),
    held: (states: readonly CircuitState[]) => {
      accounts.set({ channel }, states.length)
      for (const state of CIRCUIT_STATES) circuits.set({ channel, state }, states.filter((one) => one === state).length)
    },
  }
}
