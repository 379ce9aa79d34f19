import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { seededRandom } from '../random.ts'
import { canonicalNumber, digitsOf } from './identity.ts'

export const OPERATIONS = ['send', 'mark', 'media', 'templates'] as const
export type Operation = (typeof OPERATIONS)[number]

/** What happens to the answer; the first that matches wins. */
const AnswerEffect = z.discriminatedUnion('kind', [
  /** Any documented code, in the provider's envelope. */
  z.object({
    kind: z.literal('error'),
    code: z.number().int(),
    details: z.string().optional(),
    status: z.number().int().min(400).max(599).optional(),
  }),
  /** An answer without the envelope: a proxy's 502, an empty 500. `accept`: the message was taken all the same. */
  z.object({
    kind: z.literal('http'),
    status: z.number().int().min(200).max(599),
    body: z.string().default(''),
    accept: z.boolean().default(false),
  }),
  /** No answer. `ms` null = as long as the client waits. */
  z.object({ kind: z.literal('hang'), accept: z.boolean().default(false), ms: z.number().int().min(0).nullable().default(null) }),
  /** TCP reset, before or after the message was taken. */
  z.object({ kind: z.literal('reset'), accept: z.boolean().default(false) }),
])
export type AnswerEffect = z.infer<typeof AnswerEffect>

/** What happens beside it; all that match add up. */
const SideEffect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('delay'), ms: z.number().int().min(0).max(600_000) }),
  z.object({
    kind: z.literal('receipts'),
    /** Added to every receipt, milliseconds. */
    lateMs: z.number().int().min(0).max(3_600_000).default(0),
    /** How often each is posted. */
    copies: z.number().int().min(1).max(10).default(1),
    order: z.enum(['given', 'reversed', 'shuffled']).default('given'),
    /** `sent` is answered by our webhook before the send itself is answered. */
    beforeAnswer: z.boolean().default(false),
    /** Kept back until `POST /control/receipts/release`. */
    hold: z.boolean().default(false),
    /** These never come. */
    drop: z.array(z.enum(['sent', 'delivered', 'read'])).default([]),
    /** `failed` with this code instead of `delivered`. */
    failWith: z.number().int().optional(),
  }),
  /** Templates answer `held_for_quality_assessment`. */
  z.object({ kind: z.literal('pace') }),
])
export type SideEffect = z.infer<typeof SideEffect>
export type ReceiptEffect = Extract<SideEffect, { kind: 'receipts' }>

export const BehaviourInput = z.object({
  match: z
    .object({
      operation: z.enum(OPERATIONS).default('send'),
      phoneNumberId: z.string().optional(),
      /** A phone number in any form, or a business-scoped user id. */
      to: z.string().optional(),
      type: z.string().optional(),
    })
    .prefault({}),
  /** For the next so many calls that match; null = for all. */
  times: z.number().int().min(1).nullable().default(null),
  /** The share of matching calls it strikes, drawn with the seed. */
  share: z.number().min(0).max(1).default(1),
  seed: z.number().int().default(1),
  effect: z.discriminatedUnion('kind', [...AnswerEffect.options, ...SideEffect.options]),
})
export type BehaviourInput = z.input<typeof BehaviourInput>

export interface Behaviour extends z.output<typeof BehaviourInput> {
  id: string
  struck: number
}

export interface Call {
  operation: Operation
  phoneNumberId?: string
  to?: string
  type?: string
}

/** What the scripts hold for one call. */
export interface Plan {
  answer: AnswerEffect | null
  delayMs: number
  receipts: ReceiptEffect[]
  paced: boolean
  /** For shuffling this call's receipts. */
  random: () => number
}

/** The scripts of a test: in memory only, a restarted sandbox is an honest provider again. */
export class Behaviours {
  private readonly list: (Behaviour & { random: () => number })[] = []

  add(input: z.output<typeof BehaviourInput>): Behaviour {
    const behaviour = { ...input, id: `bhv_${randomBytes(6).toString('hex')}`, struck: 0, random: seededRandom(input.seed) }
    this.list.push(behaviour)
    return behaviour
  }

  all(): Omit<Behaviour, 'random'>[] {
    return this.list.map(({ random: _random, ...behaviour }) => behaviour)
  }

  remove(id: string): boolean {
    const index = this.list.findIndex((behaviour) => behaviour.id === id)
    if (index >= 0) this.list.splice(index, 1)
    return index >= 0
  }

  clear(): void {
    this.list.length = 0
  }

  /** Draws every matching script once, and uses up those that count. */
  plan(call: Call): Plan {
    const plan: Plan = { answer: null, delayMs: 0, receipts: [], paced: false, random: Math.random }
    for (const behaviour of this.list) {
      if (!matches(behaviour, call) || (behaviour.times !== null && behaviour.struck >= behaviour.times)) continue
      const { effect } = behaviour
      const answers = effect.kind === 'error' || effect.kind === 'http' || effect.kind === 'hang' || effect.kind === 'reset'
      if ((answers && plan.answer !== null) || behaviour.random() >= behaviour.share) continue
      behaviour.struck += 1
      if (answers) plan.answer = effect
      else if (effect.kind === 'delay') plan.delayMs += effect.ms
      else if (effect.kind === 'receipts') plan.receipts.push(effect)
      else plan.paced = true
      plan.random = behaviour.random
    }
    return plan
  }
}

function matches(behaviour: Behaviour, call: Call): boolean {
  const { match } = behaviour
  if (match.operation !== call.operation) return false
  if (match.phoneNumberId !== undefined && match.phoneNumberId !== call.phoneNumberId) return false
  if (match.type !== undefined && match.type !== call.type) return false
  return match.to === undefined || (call.to !== undefined && addressForm(match.to) === addressForm(call.to))
}

function addressForm(to: string): string {
  return /^[A-Z]{2}\./.test(to) ? to : canonicalNumber(digitsOf(to))
}
