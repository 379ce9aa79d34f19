import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The process's Prometheus metrics: one registry, metrics by name (`weft_…`), the same one when asked for twice. */
export interface Metrics {
  registry: Registry
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>
  /** @param buckets upper bounds in the unit the name ends with; the default suits seconds of request handling. */
  histogram<L extends string = never>(name: string, help: string, labels?: readonly L[], buckets?: number[]): Histogram<L>
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** @param options.defaults also report CPU, memory and event loop delay of the process; off in tests. */
export function createMetrics(options: { defaults: boolean } = { defaults: true }): Metrics {
  const registry = new Registry()
  if (options.defaults) collectDefaultMetrics({ register: registry })
  const once = <M>(name: string, make: () => M): M => (registry.getSingleMetric(name) as M | undefined) ?? make()
  return {
    registry,
    counter: (name, help, labels = []) => once(name, () => new Counter({ name, help, labelNames: labels, registers: [registry] })),
    gauge: (name, help, labels = []) => once(name, () => new Gauge({ name, help, labelNames: labels, registers: [registry] })),
    histogram: (name, help, labels = [], buckets = SECONDS) =>
      once(name, () => new Histogram({ name, help, labelNames: labels, buckets, registers: [registry] })),
  }
}
