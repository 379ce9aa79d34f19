import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicMs, pause } from '#platform/clock.ts'
import { mustStop } from './ending.ts'

/** A process that a benchmark started and will stop, by its pid. */
export interface Started {
  pid: number
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '..')
const READY_MS = 60_000

/**
 * Starts a Node process and waits until `readyUrl` answers 200.
 * @throws with the process's last words when it ends or stays silent
 */
export async function startNode(args: readonly string[], env: Record<string, string | undefined>, readyUrl: string): Promise<Started> {
  // The channel to the parent is how a child knows that it must not outlive us.
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const stop = mustStop(() => end(child))
  const words: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      words.push(...chunk.toString().split('\n').filter(Boolean))
      words.splice(0, words.length - 20)
    })
  }
  const deadline = monotonicMs() + READY_MS
  while (child.exitCode === null && child.signalCode === null && monotonicMs() < deadline) {
    const answer = await fetch(readyUrl).catch(() => undefined)
    if (answer?.ok) return { pid: child.pid ?? 0, stop }
    await pause(50)
  }
  await stop()
  throw new Error(`${args.join(' ')} did not become ready: ${words.slice(-5).join(' | ') || 'it said nothing'}`)
}

/** The built product's entry, or a sentence on how to get it. */
export function builtEntry(name: 'main' | 'start'): string {
  const file = join(ROOT, 'build', `${name}.js`)
  if (!existsSync(file)) throw new Error(`build/${name}.js is missing: run \`npm run build\` first`)
  return file
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 40_000)
  await ended
  clearTimeout(timer)
}
