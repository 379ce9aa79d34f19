import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadSecrets } from '#scripts/start/secrets.ts'

/**
 * The variables that a running `npm start` on this directory uses, so that the command line works beside it without any
 * configuration. Empty when there is no such run; the person's own environment wins over them.
 */
export function embeddedVariables(): Record<string, string> {
  const dataDir = resolve(process.env.WEFT_DATA_DIR || '.data')
  const processesFile = join(dataDir, 'processes.json')
  if (process.env.DATABASE_URL || !existsSync(processesFile)) return {}
  const processes = JSON.parse(readFileSync(processesFile, 'utf8')) as {
    postgres?: { port: number }
    web?: { port: number }
    sandbox?: { port: number }
  }
  if (!processes.postgres) return {}
  const secrets = loadSecrets(dataDir)
  const url = (user: string, password: string) => `postgresql://${user}:${password}@127.0.0.1:${processes.postgres?.port}/weft`
  return {
    DATABASE_URL: url('weft_web', secrets.webPassword),
    DATABASE_WORKER_URL: url('weft_worker', secrets.workerPassword),
    DATABASE_OWNER_URL: url('weft_owner', secrets.ownerPassword),
    WEFT_KEYS: secrets.keys,
    AUTH_SECRET: secrets.authSecret,
    ...(processes.web ? { PUBLIC_URL: `http://localhost:${processes.web.port}` } : {}),
    ...(processes.sandbox ? { META_GRAPH_URL: `http://127.0.0.1:${processes.sandbox.port}/graph/v25.0` } : {}),
  }
}
