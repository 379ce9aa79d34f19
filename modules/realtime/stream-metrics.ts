import type { Metrics } from '#platform/metrics.ts'
import type { FrameBody } from './types.ts'

/** What operators see of the open streams. */
export type StreamMetrics = ReturnType<typeof streamMetrics>

export function streamMetrics(metrics: Metrics) {
  const open = metrics.gauge('weft_streams_open', 'Event streams open in this process')
  const frames = metrics.counter('weft_stream_frames_total', 'Frames written, by type', ['type'])
  const cut = metrics.counter('weft_streams_cut_total', 'Streams ended by us, by reason', ['reason'])
  const delay = metrics.histogram('weft_stream_frame_seconds', 'From emitting an event to writing its frames')
  return {
    opened: () => open.inc(),
    closed: () => open.dec(),
    framed: (types: readonly FrameBody['type'][]) => {
      for (const type of types) frames.inc({ type })
    },
    cut: (reason: 'slow' | 'ended' | 'too_many') => cut.inc({ reason }),
    delayed: (ms: number) => delay.observe(Math.max(0, ms) / 1_000),
  }
}
