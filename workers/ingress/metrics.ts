import type { Metrics } from '#platform/metrics.ts'

export type IngressOutcome =
  | 'accepted'
  | 'unparsed'
  | 'handshake'
  | 'forged'
  | 'limited'
  | 'too_large'
  | 'unavailable'
  | 'not_found'
  | 'aborted'

export interface IngressMetrics {
  /** @param tookMs from the first byte to the answer */
  answered(outcome: IngressOutcome, tookMs: number): void
}

export function ingressMetrics(metrics: Metrics): IngressMetrics {
  const requests = metrics.counter(
    'weft_ingress_requests_total',
    'Webhook requests by what became of them; forged = not signed as it should be',
    ['outcome'],
  )
  const seconds = metrics.histogram('weft_ingress_seconds', 'Time to the answer of accepted webhooks')
  return {
    answered: (outcome, tookMs) => {
      requests.inc({ outcome })
      if (outcome === 'accepted') seconds.observe(tookMs / 1_000)
    },
  }
}
