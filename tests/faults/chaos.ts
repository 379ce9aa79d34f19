import { monotonicMs, pause } from '#platform/clock.ts'
import { seededRandom, shuffled } from '#sandbox/random.ts'
import type { KeptProcess } from './kept-process.ts'
import type { FaultPlan } from './options.ts'
import type { Ground, Product, Role } from './stage.ts'
import { type Victim, type WorkDeps, workOf } from './work.ts'

/** What was done to one kind of process. */
export interface FaultCount {
  kills: number
  /** Of those: with work in flight. */
  killsAtWork: number
  freezes: number
  freezesAtWork: number
}

export interface ChaosOptions extends WorkDeps {
  ground: Ground
  product: Product
  plan: FaultPlan
  note(line: string): void
}

/** Longer than any lease: 3 s of the sequencer, 10 s of the bus, 12 s of the sender. */
const FREEZE_MS = { least: 13_000, more: 4_000 }
const FREEZABLE: readonly Role[] = ['ingress', 'intake', 'sender', 'sequencer', 'media', 'webhook-log', 'web']
/** Kinds frozen in a round, beside all that are killed. */
const FREEZES = 2
/** How long a fault waits for its victim to have something in hand: at first, and when only the kinds are left that rarely have. */
const AMBUSH_MS = { planned: 4_000, lacking: 25_000 }
const READY_MS = 120_000
const SKEW = 0x5eed

/**
 * Kills and freezes every kind of process at moments drawn with the seed: in rounds, each kind once a round in another order, with
 * some kinds frozen beside. What still lacks kills with work in flight after the planned time gets further rounds.
 */
export class Chaos {
  readonly counts: ReadonlyMap<Victim, FaultCount>
  readonly #options: ChaosOptions
  readonly #random: () => number
  readonly #busy = new Set<string>()
  readonly #running = new Set<Promise<void>>()
  #ambushMs = AMBUSH_MS.planned

  constructor(options: ChaosOptions) {
    this.#options = options
    this.#random = seededRandom(options.plan.seed ^ SKEW)
    const victims: Victim[] = [
      ...(Object.keys(options.product.processes) as Role[]),
      'postgres',
      ...(options.ground.broker ? ['kafka' as const] : []),
    ]
    this.counts = new Map(victims.map((victim) => [victim, { kills: 0, killsAtWork: 0, freezes: 0, freezesAtWork: 0 }]))
  }

  /** Kinds whose kills with work in flight are too few. */
  lacking(): Victim[] {
    return [...this.counts].filter(([, { killsAtWork }]) => killsAtWork < this.#options.plan.kills).map(([victim]) => victim)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { plan } = this.#options
    const startedAt = monotonicMs()
    const rounds = plan.kills
    const gapMs = plan.faultsMs / (rounds * (this.counts.size + FREEZES))
    for (let round = 0; !signal.aborted && (round < rounds || monotonicMs() - startedAt < plan.faultsMs); round++) {
      await this.#round([...this.counts.keys()], FREEZES, gapMs, signal)
    }
    this.#ambushMs = AMBUSH_MS.lacking
    const deadline = monotonicMs() + plan.extraMs
    while (!signal.aborted && monotonicMs() < deadline && this.#lackingForGood().length > 0) {
      await this.#round(this.#lackingForGood(), 0, gapMs, signal)
    }
    await Promise.all(this.#running)
  }

  /** A kind that never once had work will not get it by being killed more often. */
  #lackingForGood(): Victim[] {
    return this.lacking().filter((victim) => victim !== 'timers')
  }

  async #round(victims: readonly Victim[], freezes: number, gapMs: number, signal: AbortSignal): Promise<void> {
    const frozen = shuffled(FREEZABLE, this.#random).slice(0, freezes)
    const steps = shuffled(
      [...victims.map((victim) => ({ victim, isFreeze: false })), ...frozen.map((victim) => ({ victim, isFreeze: true }))],
      this.#random,
    )
    for (const { victim, isFreeze } of steps) {
      const draw = this.#random()
      const freezeMs = FREEZE_MS.least + this.#random() * FREEZE_MS.more
      await pause(gapMs * (0.4 + this.#random() * 1.2), signal)
      if (signal.aborted) return
      const strike = isFreeze ? this.#freeze(victim as Role, draw, freezeMs, signal) : this.#kill(victim, draw, signal)
      const running: Promise<void> = strike.finally(() => this.#running.delete(running))
      this.#running.add(running)
      // A few faults may overlap; more would only wait for each other.
      while (this.#running.size >= 4 && !signal.aborted) await Promise.race(this.#running)
    }
  }

  async #kill(victim: Victim, draw: number, signal: AbortSignal): Promise<void> {
    if (victim === 'postgres' || victim === 'kafka') return this.#alone(victim, () => this.#killGround(victim, signal))
    const target = this.#targetOf(victim, draw)
    await this.#alone(target.name, async () => {
      await target.untilReady(READY_MS)
      const work = await this.#ambush(victim, signal)
      await target.kill()
      this.#count(victim, 'kills', work)
      await target.untilReady(READY_MS)
    })
  }

  async #killGround(victim: 'postgres' | 'kafka', signal: AbortSignal): Promise<void> {
    const { ground } = this.#options
    const work = await this.#ambush(victim, signal)
    if (victim === 'postgres') process.kill(ground.postgres.pid(), 'SIGKILL')
    else ground.broker?.kill()
    this.#count(victim, 'kills', work)
    await pause(500, signal)
    if (victim === 'postgres') await this.#options.witness.rows('select 1')
    while (victim === 'kafka' && !ground.broker?.isUp() && !signal.aborted) await pause(200, signal)
  }

  async #freeze(role: Role, draw: number, ms: number, signal: AbortSignal): Promise<void> {
    const target = this.#targetOf(role, draw)
    await this.#alone(target.name, async () => {
      await target.untilReady(READY_MS)
      const work = await this.#ambush(role, signal)
      this.#count(role, 'freezes', work)
      await target.freeze(ms, signal)
      await target.untilReady(READY_MS)
    })
  }

  /** Waits a while for work to be in flight. @returns how much was */
  async #ambush(victim: Victim, signal: AbortSignal): Promise<number> {
    const deadline = monotonicMs() + this.#ambushMs
    for (;;) {
      const work = (await workOf(this.#options, victim)) ?? 0
      if (work > 0 || signal.aborted || monotonicMs() > deadline || victim === 'timers') return work
      await pause(8, signal)
    }
  }

  #count(victim: Victim, what: 'kills' | 'freezes', work: number): void {
    const count = this.counts.get(victim)
    if (!count) return
    count[what] += 1
    if (work > 0) count[`${what}AtWork`] += 1
    this.#options.note(`${what === 'kills' ? 'killed' : 'froze'} ${victim} with ${work} in flight`)
  }

  #targetOf(role: Role, draw: number): KeptProcess {
    const processes = this.#options.product.processes[role]
    const target = processes[Math.floor(draw * processes.length)]
    if (!target) throw new Error(`no process of ${role} runs`)
    return target
  }

  /** One fault at a time for each process: one that is down can't die again. */
  async #alone(name: string, strike: () => Promise<void>): Promise<void> {
    if (this.#busy.has(name)) return
    this.#busy.add(name)
    try {
      await strike()
    } finally {
      this.#busy.delete(name)
    }
  }
}
