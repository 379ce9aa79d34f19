import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { monotonicMs, pause } from '#platform/clock.ts'

export interface ProcessPlan {
  /** Of the kind, with a number where there are several: `intake-2`. */
  name: string
  args: readonly string[]
  env: Record<string, string | undefined>
  /** Answers 200 when the process can work. */
  readyUrl: string
  logFile: string
}

const RESTART_MS = 300

/** A Node process of the product, started again whenever it dies; faults reach it by its pid. */
export class KeptProcess {
  readonly name: string
  readonly #plan: ProcessPlan
  #child: ChildProcess | undefined
  #isStopping = false
  #isFrozen = false
  #keeping: Promise<void> = Promise.resolve()

  constructor(plan: ProcessPlan) {
    this.name = plan.name
    this.#plan = plan
  }

  start(): void {
    this.#keeping = this.#keep()
  }

  /** kill -9. @returns when it is gone */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || isGone(child)) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGKILL')
    await gone
  }

  /** Stands still for so long, then goes on as if nothing had happened. */
  async freeze(ms: number, signal: AbortSignal): Promise<void> {
    const child = this.#child
    if (!child || isGone(child)) return
    this.#isFrozen = true
    child.kill('SIGSTOP')
    await pause(ms, signal)
    child.kill('SIGCONT')
    this.#isFrozen = false
  }

  async isReady(): Promise<boolean> {
    if (this.#isFrozen || !this.#child || isGone(this.#child)) return false
    const answer = await fetch(this.#plan.readyUrl, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.status === 200
  }

  /** @throws when it is not ready in time; the message names its log */
  async untilReady(withinMs: number): Promise<void> {
    const deadline = monotonicMs() + withinMs
    while (!(await this.isReady())) {
      if (monotonicMs() > deadline || this.#isStopping)
        throw new Error(`${this.name} did not become ready; its log is ${this.#plan.logFile}`)
      await pause(100)
    }
  }

  /** SIGTERM, after a while SIGKILL. */
  async stop(patienceMs: number): Promise<void> {
    this.#isStopping = true
    this.#child?.kill('SIGCONT')
    this.#child?.kill('SIGTERM')
    const killing = setTimeout(() => this.#child?.kill('SIGKILL'), patienceMs)
    await this.#keeping
    clearTimeout(killing)
  }

  async #keep(): Promise<void> {
    while (!this.#isStopping) {
      await this.#runOnce()
      if (!this.#isStopping) await pause(RESTART_MS)
    }
  }

  async #runOnce(): Promise<void> {
    const log = openSync(this.#plan.logFile, 'a')
    // The channel to us is how a child knows that it must not outlive us.
    const child = spawn(process.execPath, ['--enable-source-maps', ...this.#plan.args], {
      env: this.#plan.env as NodeJS.ProcessEnv,
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    this.#child = child
    this.#isFrozen = false
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
  }
}

const isGone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null
