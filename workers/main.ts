import { DatabaseRefused } from '#platform/db/database.ts'
import { EnvError, readEnv } from '#platform/env.ts'
import { answerHealth, createHealth, serveHealth } from '#platform/health.ts'
import { LIMITS } from '#platform/limits.ts'
import { createLog, type Logger } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { composeWorker } from './compose.ts'
import type { RunningRole } from './context.ts'
import { loadRole, parseRoles, type RoleChoice, RoleUsage } from './roles.ts'

/**
 * The one entry of the image: `node build/main.js <role> …`. Starts the roles it is given, answers health, and on SIGTERM,
 * SIGINT or the loss of its supervisor finishes what runs and ends. A sentence on stderr and exit 2 when it can't start.
 */
async function main(words: readonly string[]): Promise<void> {
  const choices = parseRoles(words)
  const env = readEnv()
  const log = createLog({ level: env.LOG_LEVEL, process: words.join(' ') })
  const metrics = createMetrics()
  const running: RunningRole[] = []
  let started = false
  const health = createHealth({
    metrics,
    unreadyReasons: () => (started ? running.flatMap((role) => role.unreadyReasons()) : ['starting']),
  })
  const closers: (() => Promise<void>)[] = []
  const healthServer = choices.some((choice) => choice.name === 'web')
    ? undefined
    : await serveHealth(health, { host: env.HOST, port: env.METRICS_PORT })

  const stop = once(async (reason: string) => {
    log.info({ reason }, 'draining')
    health.drain()
    await Promise.allSettled(running.map((role) => role.stop()))
    for (const close of closers.reverse()) await close().catch((error: unknown) => log.warn({ error }, 'a part did not close'))
    await healthServer?.close()
    process.exit(0)
  })
  stopOn(stop, log)

  const workers = choices.filter((choice) => choice.name !== 'web')
  if (workers.length > 0) {
    const { context, close } = await composeWorker(env, log, metrics)
    closers.push(close)
    for (const choice of workers) running.push(await startWorker(choice, context))
  }
  if (choices.some((choice) => choice.name === 'web')) {
    const { startWeb } = await import('./web.ts')
    running.push(await startWeb({ env, log, metrics, answerHealth: (url) => answerHealth(health, url) }))
  }
  started = true
  log.info({ roles: words, healthPort: healthServer?.port }, 'started')
}

async function startWorker(choice: RoleChoice, context: Parameters<Awaited<ReturnType<typeof loadRole>>>[0]): Promise<RunningRole> {
  if (choice.name === 'web') throw new Error('web is not a worker role')
  const start = await loadRole(choice.name)
  return start({ ...context, log: context.log.child({ role: choice.name }) }, choice.channels)
}

function once(run: (reason: string) => Promise<void>): (reason: string) => void {
  let called = false
  return (reason) => {
    if (called) return
    called = true
    void run(reason)
  }
}

/** Ends in order on a signal or when the supervisor is gone; at once when draining takes longer than the limit. */
function stopOn(stop: (reason: string) => void, log: Logger): void {
  const begin = (reason: string) => {
    stop(reason)
    setTimeout(() => {
      log.error('draining took too long; ending anyway, leases expire by themselves')
      process.exit(1)
    }, LIMITS.drainMs).unref()
  }
  process.on('SIGTERM', () => begin('SIGTERM'))
  process.on('SIGINT', () => begin('SIGINT'))
  if (process.send) process.on('disconnect', () => begin('the supervisor is gone'))
  process.on('unhandledRejection', (error) => {
    log.fatal({ error }, 'a bug: unhandled rejection')
    process.exit(1)
  })
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const expected = error instanceof RoleUsage || error instanceof EnvError || error instanceof DatabaseRefused
  process.stderr.write(`weft: ${error instanceof Error ? (expected ? error.message : error.stack) : String(error)}\n`)
  process.exit(2)
})
