import type { Frame } from './types.ts'

/**
 * One frame as `text/event-stream` bytes (HTML standard, section 9.2): the id a browser sends back as `Last-Event-ID` is the
 * frame's `seq`. JSON has no line breaks of its own, so one data line is enough.
 */
export function encodeFrame(frame: Frame): Uint8Array {
  return Buffer.from(`id: ${frame.seq}\ndata: ${JSON.stringify(frame)}\n\n`)
}

/** Sent first: how long a browser's own EventSource waits before it comes back, spread so that not all come at once. */
export function encodeRetry(random: number): Uint8Array {
  return Buffer.from(`retry: ${1_000 + Math.round(random * 2_000)}\n\n`)
}
