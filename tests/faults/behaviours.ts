import type { BehaviourInput } from '#sandbox/whatsapp/behaviours.ts'
import type { ProviderClient } from './provider.ts'

type Effect = BehaviourInput['effect']

/** Share of the calls that each strikes. First what happens to the answer (the first that strikes wins), then to receipts. */
const SENDS: readonly (readonly [share: number, effect: Effect])[] = [
  [0.02, { kind: 'reset', accept: true }],
  [0.012, { kind: 'reset', accept: false }],
  [0.01, { kind: 'http', status: 500, accept: true }],
  [0.008, { kind: 'http', status: 500, accept: false }],
  [0.006, { kind: 'hang', accept: true, ms: 8_000 }],
  [0.004, { kind: 'hang', accept: false, ms: 8_000 }],
  [0.02, { kind: 'error', code: 131000 }],
  [0.01, { kind: 'error', code: 130429 }],
  [0.02, { kind: 'error', code: 131026 }],
  [0.6, { kind: 'delay', ms: 250 }],
  [0.25, { kind: 'receipts', copies: 2, order: 'reversed' }],
  [0.2, { kind: 'receipts', copies: 3, order: 'shuffled' }],
  [0.15, { kind: 'receipts', beforeAnswer: true }],
  [0.1, { kind: 'receipts', lateMs: 4_000 }],
  [0.05, { kind: 'receipts', hold: true }],
  [0.05, { kind: 'receipts', drop: ['delivered', 'read'] }],
  [0.03, { kind: 'receipts', failWith: 131026 }],
]

/** So that even a short run has some whose answer was lost, taken and not taken. */
const CERTAIN: readonly Effect[] = [
  { kind: 'reset', accept: true },
  { kind: 'reset', accept: false },
]

/** Lets the provider misbehave in every way it has, drawn with the seed, until it is told to stop. */
export async function misbehave(provider: ProviderClient, seed: number): Promise<void> {
  const scripts: BehaviourInput[] = [
    ...CERTAIN.map((effect) => ({ times: 2, share: 0.3, effect })),
    ...SENDS.map(([share, effect]) => ({ share, effect })),
    { match: { operation: 'media' as const }, share: 1, effect: { kind: 'delay' as const, ms: 400 } },
    { match: { operation: 'media' as const }, share: 0.05, effect: { kind: 'reset' as const } },
  ]
  for (const [n, script] of scripts.entries()) await provider.post('behaviours', { ...script, seed: seed + n })
}
