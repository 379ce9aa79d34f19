import type { SendOutcome } from '#channels/connector.ts'
import type { Access, CircuitState, HealthReport } from '#modules/channels/index.ts'
import type { Lease } from '../leases.ts'
import { RULES } from '../schedule.ts'
import { allowance, atTime, type Circuit, onAnswer, onOutage, onPause, onStart } from './circuit.ts'
import type { Rate } from './rate.ts'

/** A channel account this process speaks for: what it may do right now lives here and nowhere else. */
export interface HeldAccount {
  lease: Lease
  rate: Rate
  circuit: Circuit
  /** What people were told last. */
  shownCircuit: CircuitState
  /** Address and credentials; null until first needed. */
  access: Access | null
  /** Calls and uploads under way. */
  running: number
  /** To be given back as soon as nothing runs. */
  isLeaving: boolean
}

const MOST_CALLS_AT_ONCE = 20
const SHORTEST_PAUSE_MS = 60_000

/** Calls that may start now, by lane. Moves the circuit on with time. */
export function roomOf(account: HeldAccount, nowMs: number): { interactive: number; bulk: number } {
  account.circuit = atTime(account.circuit, nowMs)
  const most = account.isLeaving ? 0 : Math.min(MOST_CALLS_AT_ONCE, allowance(account.circuit))
  const { interactive, bulk } = account.rate.room(nowMs)
  return { interactive: Math.max(0, Math.min(interactive, most)), bulk: Math.max(0, Math.min(bulk, most)) }
}

/** Has it sent so much lately that its pace, and nothing else, keeps a lane from sending? */
export function isShort(account: HeldAccount, nowMs: number): boolean {
  return !account.isLeaving && allowance(account.circuit) > 0 && account.rate.room(nowMs).bulk < 1
}

export function noteStart(account: HeldAccount, nowMs: number): void {
  account.running++
  account.rate.take(1, nowMs)
  account.circuit = onStart(account.circuit)
}

/** What a call's outcome says about the account rather than the message: its pace, its circuit, whether it must stop. */
export function noteOutcome(account: HeldAccount, outcome: SendOutcome, nowMs: number): HealthReport['stopped'] {
  if (outcome.kind === 'accepted') account.circuit = onAnswer(account.circuit)
  else if (outcome.kind === 'ambiguous') account.circuit = onOutage(account.circuit, nowMs, outcome.reason)
  else {
    const { error, retryAfterMs = 0 } = outcome
    const rule = RULES[error.class]
    const reason = `${error.title} (${error.code})`
    account.circuit = rule.isOutage ? onOutage(account.circuit, nowMs, reason) : onAnswer(account.circuit)
    if (rule.account === 'slow') account.rate.slowDown(nowMs)
    if (rule.account === 'pause') account.circuit = onPause(account.circuit, nowMs + Math.max(retryAfterMs, SHORTEST_PAUSE_MS), reason)
    if (rule.account === 'stop') return { reason }
  }
  return undefined
}
