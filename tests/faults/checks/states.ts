import type { Evidence } from '../evidence.ts'
import { Finding } from '../findings.ts'
import type { SeenFrame } from '../stream.ts'
import type { Send } from './sends.ts'

/** Written down here once more, so that a mistake in the product's own table shows. */
const RANK: Readonly<Record<string, number>> = {
  queued: 0,
  sending: 1,
  unknown: 2,
  discarded: 3,
  sent: 4,
  failed: 5,
  delivered: 6,
  read: 7,
  played: 8,
}
const rankOf = (state: string) => RANK[state] ?? Number.NaN

/** A delivery's state is the furthest of what was said about it, and no screen ever saw it go back. */
export function checkStates({ screens }: Evidence, sends: readonly Send[]): Finding {
  const finding = new Finding('I4', 'states follow receipts, never back')
  const stateOf = new Map(sends.map(({ deliveryId, state }) => [deliveryId, state]))
  for (const send of sends)
    finding.check(isDue(send), () => `${send.deliveryId} is ${send.state}; the provider told ${[...send.told].join(', ') || 'nothing'}`)
  for (const { frames } of screens) {
    const last = new Map<string, SeenFrame>()
    for (const frame of frames.filter(({ type }) => type === 'delivery')) {
      const before = last.get(frame.rowId)
      last.set(frame.rowId, frame)
      if (!before) continue
      const isForward = rankOf(frame.state ?? '') >= rankOf(before.state ?? '') && frame.version >= before.version
      finding.check(isForward, () => `a screen saw ${frame.rowId} go from ${before.state} to ${frame.state} at ${frame.sequence}`)
    }
    for (const [id, { state }] of last)
      finding.check(stateOf.get(id) === state, () => `a screen shows ${id} as ${state}, it is ${stateOf.get(id)}`)
  }
  return finding
}

function isDue({ state, told, attempts }: Send): boolean {
  const words = [...told, ...(attempts.some(({ outcome }) => outcome === 'accepted') ? ['sent'] : [])]
  if (words.length === 0) return state === 'failed' || state === 'discarded'
  return rankOf(state) === Math.max(...words.map(rankOf))
}
