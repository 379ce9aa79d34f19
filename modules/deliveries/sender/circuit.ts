import type { CircuitState } from '#modules/channels/index.ts'

/**
 * The circuit breaker of one channel account, as a pure state machine, told in words:
 *
 * - `closed`: calls flow. Five outages in a row (refused as transient, not connected, no answer) open it.
 * - `open`: nothing is called and nothing is used up; messages wait. Ten seconds, then twice as long each time, at most five
 *   minutes; a provider that asked for a pause gets the pause it asked for.
 * - `half_open`: one call may try. If it gets through, the circuit closes; if it does not, it opens for longer.
 */
export interface Circuit {
  state: CircuitState
  /** Outages in a row while closed. */
  outages: number
  /** How often it opened without closing in between. */
  openings: number
  /** While open: until when, ms. */
  untilMs: number
  /** While half open: is the one call under way? */
  isTrying: boolean
  /** Why it is not closed, for people. */
  reason: string | null
}

const OUTAGES_TO_OPEN = 5
const FIRST_OPEN_MS = 10_000
const LONGEST_OPEN_MS = 300_000

export const closedCircuit: Circuit = { state: 'closed', outages: 0, openings: 0, untilMs: 0, isTrying: false, reason: null }

/** What a new holder of an account makes of the state that the last one left behind: one careful call. */
export function inheritedCircuit(state: CircuitState, reason: string | null): Circuit {
  return state === 'closed' ? closedCircuit : { ...closedCircuit, state: 'half_open', openings: 1, reason }
}

/** Moves on with time: an open circuit whose time is over becomes half open. */
export function atTime(circuit: Circuit, nowMs: number): Circuit {
  return circuit.state === 'open' && nowMs >= circuit.untilMs ? { ...circuit, state: 'half_open', isTrying: false } : circuit
}

/** How many calls may start. */
export function allowance(circuit: Circuit): number {
  if (circuit.state === 'closed') return Number.POSITIVE_INFINITY
  return circuit.state === 'half_open' && !circuit.isTrying ? 1 : 0
}

export function onStart(circuit: Circuit): Circuit {
  return circuit.state === 'half_open' ? { ...circuit, isTrying: true } : circuit
}

/** The provider answered, whatever it said about the message. */
export function onAnswer(circuit: Circuit): Circuit {
  if (circuit.state === 'open') return circuit
  return circuit.state === 'closed' && circuit.outages === 0 ? circuit : closedCircuit
}

/** The provider did not answer, or said that it is unwell. */
export function onOutage(circuit: Circuit, nowMs: number, reason: string): Circuit {
  if (circuit.state === 'open') return circuit
  const outages = circuit.outages + 1
  if (circuit.state === 'closed' && outages < OUTAGES_TO_OPEN) return { ...circuit, outages }
  const openMs = Math.min(FIRST_OPEN_MS * 2 ** circuit.openings, LONGEST_OPEN_MS)
  return opened(circuit, nowMs + openMs, reason)
}

/** The provider asked for a pause, or can't be called for another reason that passes. */
export function onPause(circuit: Circuit, untilMs: number, reason: string): Circuit {
  return circuit.state === 'open' && circuit.untilMs >= untilMs ? circuit : opened(circuit, untilMs, reason)
}

/** A call that was never made frees its place again. */
export function onNothing(circuit: Circuit): Circuit {
  return circuit.isTrying ? { ...circuit, isTrying: false } : circuit
}

function opened(circuit: Circuit, untilMs: number, reason: string): Circuit {
  return { state: 'open', outages: 0, openings: circuit.openings + 1, untilMs, isTrying: false, reason }
}
