import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicMs, pause } from '#platform/clock.ts'
import { LIMITS } from '#platform/limits.ts'
import type { ChildPlan } from './layout.ts'
import { StartRefused } from './lock.ts'

export interface ChildOptions extends ChildPlan {
  logDir: string
  /** Called whenever the child's pid changes. */
  onChange: () => void
}

/** One process of the product: started again when it dies, drained when we stop. */
export class Child {
  readonly name: string
  readonly port: number
  readonly healthUrl: string
  private process: ChildProcess | undefined
  private stopping = false
  private restarts = 0
  private running: Promise<void> = Promise.resolve()

  constructor(private readonly options: ChildOptions) {
    this.name = options.name
    this.port = options.port
    this.healthUrl = options.healthUrl
  }

  get pid(): number | undefined {
    return this.process?.pid
  }

  start(): void {
    this.running = this.keepAlive()
  }

  /** Resolves when ready; rejects with the child's last words when it refuses to start (exit code 2) or takes over a minute. */
  async untilReady(): Promise<void> {
    const deadline = monotonicMs() + 60_000
    while (monotonicMs() < deadline) {
      if (this.process?.exitCode === 2) throw new StartRefused(`${this.name} refused to start: ${lastLine(this.logFile())}`)
      const answer = await fetch(this.healthUrl).catch(() => undefined)
      if (answer?.status === 200) return
      await pause(100)
    }
    throw new StartRefused(`${this.name} was not ready within a minute; its log is ${this.logFile()}`)
  }

  /** For development: the loop starts it again with the new code. */
  restart(): void {
    this.restarts = 0
    this.process?.kill('SIGTERM')
  }

  /** SIGTERM, then as long as draining may take, then SIGKILL. */
  async stop(): Promise<void> {
    this.stopping = true
    this.process?.kill('SIGTERM')
    const killed = setTimeout(() => this.process?.kill('SIGKILL'), LIMITS.drainMs + 2_000)
    await this.running
    clearTimeout(killed)
  }

  private async keepAlive(): Promise<void> {
    while (!this.stopping) {
      const startedAt = monotonicMs()
      await this.runOnce()
      if (this.stopping) return
      this.restarts = monotonicMs() - startedAt > 30_000 ? 0 : this.restarts + 1
      await pause(Math.min(200 * 2 ** this.restarts, 5_000))
    }
  }

  private async runOnce(): Promise<void> {
    const log = openLog(this.logFile())
    const child = spawn(process.execPath, [...this.options.command], {
      env: this.options.env as NodeJS.ProcessEnv,
      stdio: ['ignore', log, log, 'ipc'],
    })
    this.process = child
    closeSync(log)
    this.options.onChange()
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
  }

  private logFile(): string {
    return join(this.options.logDir, `${this.name}.log`)
  }
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}

const LOG_BYTES = 20_000_000

/** Appends; a log that has grown large makes room, one generation is kept. */
function openLog(file: string): number {
  mkdirSync(join(file, '..'), { recursive: true })
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}
