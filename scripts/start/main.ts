import { mkdirSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'
import { EmbeddedPostgresError } from '#platform/db/embedded-cluster.ts'
import { MigrationError } from '#platform/db/migrate.ts'
import { EnvError, readEnv } from '#platform/env.ts'
import { Child } from './child.ts'
import { prepareDatabase } from './database.ts'
import { prepareDemo } from './demo.ts'
import { writeProcesses } from './files.ts'
import { planChildren, planLayout } from './layout.ts'
import { holdDirectory, refuseTakenPort, StartRefused } from './lock.ts'
import { screenText } from './screen.ts'
import { loadSecrets } from './secrets.ts'

/**
 * `npm start`: the whole product on one machine. A thin supervisor that prepares the database and keeps the children alive
 * (web, ingress, workers, sandbox: all of one image); they end when it does, and it ends when they have drained.
 */
async function start(dev: boolean): Promise<void> {
  const env = readEnv()
  const dataDir = resolve(env.WEFT_DATA_DIR)
  mkdirSync(dataDir, { recursive: true })
  const release = holdDirectory(dataDir)
  process.on('exit', release)
  await refuseTakenPort(env.HOST, env.PORT)
  const secrets = loadSecrets(dataDir)
  const layout = await planLayout(env)
  const children: Child[] = []
  const record = () =>
    writeProcesses(dataDir, {
      supervisor: { pid: process.pid },
      ...(database.embedded ? { postgres: { pid: database.embedded.pid(), port: database.embedded.port } } : {}),
      ...Object.fromEntries(children.map((child) => [child.name, { pid: child.pid, port: child.port, healthUrl: child.healthUrl }])),
    })
  const database = await prepareDatabase({ env, dataDir, secrets, onRestart: () => record() })
  const stop = stopper(children, database.stop)
  process.on('SIGINT', () => void stop(0))
  process.on('SIGTERM', () => void stop(0))
  try {
    const demo = layout.sandbox ? await prepareDemo({ env, dataDir, layout, secrets, workerUrl: database.urls.worker }) : undefined
    for (const plan of planChildren({ env, layout, secrets, urls: database.urls, dataDir, dev })) {
      children.push(new Child({ ...plan, logDir: join(dataDir, 'logs'), onChange: record }))
    }
    for (const child of children) child.start()
    await Promise.all(children.map((child) => child.untilReady()))
    process.stdout.write(screenText({ env, layout, demo, dataDir: env.WEFT_DATA_DIR, seconds: process.uptime() }))
    if (dev) restartOnChange(children)
  } catch (error) {
    sayWhy(error)
    await stop(1)
  }
}

/** Drains everything once, in the order that loses nothing: children first, the database last. */
function stopper(children: readonly Child[], stopDatabase: () => Promise<void>): (exitCode: number) => Promise<void> {
  let stopping: Promise<void> | undefined
  return (exitCode) => {
    stopping ??= (async () => {
      await Promise.all(children.map((child) => child.stop()))
      await stopDatabase()
      process.exit(exitCode)
    })()
    return stopping
  }
}

/** In development a changed source restarts the processes that run it; pages reload by themselves through Vite. */
function restartOnChange(children: readonly Child[]): void {
  const folders: [string, string[]][] = [
    ['modules', ['ingress', 'workers', 'web']],
    ['channels', ['ingress', 'workers', 'web']],
    ['workers', ['ingress', 'workers', 'web']],
    ['sandbox', ['sandbox']],
  ]
  for (const [folder, names] of folders) {
    let timer: NodeJS.Timeout | undefined
    watch(folder, { recursive: true }, (_event, file) => {
      if (!file?.endsWith('.ts') || file.endsWith('.test.ts')) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        for (const child of children) if (names.includes(child.name)) child.restart()
      }, 150)
    })
  }
}

function sayWhy(error: unknown): void {
  const expected = [StartRefused, EnvError, MigrationError, EmbeddedPostgresError].some((kind) => error instanceof kind)
  process.stderr.write(`\nweft: ${error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error)}\n`)
}

start(process.argv.includes('--dev')).catch((error: unknown) => {
  sayWhy(error)
  process.exit(1)
})
