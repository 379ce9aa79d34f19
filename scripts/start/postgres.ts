import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/db/embedded.ts'
import { createDatabaseSql, rolesSql } from '#platform/db/roles.ts'
import type { Secrets } from './secrets.ts'

export interface KeptPostgres {
  port: number
  urls: { owner: string; web: string; worker: string }
  pid(): number
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL with its roles and its empty database, and starts it again on the same port whenever it dies:
 * a killed postmaster recovers from its write-ahead log, and every pool of ours reconnects.
 */
export async function keepPostgres(
  dataDir: string,
  secrets: Secrets,
  onLog: (line: string) => void,
  onRestart: () => void,
): Promise<KeptPostgres> {
  let server = await startEmbeddedPostgres({ dataDir, onLog })
  await prepare(server, secrets)
  let stopping = false
  const watch = async () => {
    for (;;) {
      await server.exited
      if (stopping) return
      server = await startEmbeddedPostgres({ dataDir, port: server.port, onLog })
      onRestart()
    }
  }
  const watching = watch()
  const url = (user: string, password: string) => `postgresql://${user}:${password}@127.0.0.1:${server.port}/weft`
  return {
    port: server.port,
    urls: {
      owner: url('weft_owner', secrets.ownerPassword),
      web: url('weft_web', secrets.webPassword),
      worker: url('weft_worker', secrets.workerPassword),
    },
    pid: () => server.pid,
    stop: async () => {
      stopping = true
      await server.stop()
      await watching
    },
  }
}

async function prepare(server: EmbeddedPostgres, secrets: Secrets): Promise<void> {
  const client = new pg.Client({ connectionString: server.superuserUrl() })
  await client.connect()
  try {
    await client.query(rolesSql({ owner: secrets.ownerPassword, web: secrets.webPassword, worker: secrets.workerPassword }))
    const { rowCount } = await client.query("select from pg_database where datname = 'weft'")
    if (rowCount === 0) await client.query(createDatabaseSql('weft'))
  } finally {
    await client.end()
  }
}
