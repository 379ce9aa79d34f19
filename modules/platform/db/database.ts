import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Clock, pause } from '../clock.ts'
import { type Id, toUuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { type Prisma, PrismaClient } from './generated/client.ts'
import { isRetryable, type Sql, type SqlTx } from './sql.ts'

/** A transaction of one tenant: Prisma for ordinary module code, `sql` for the few set-based hot paths. */
export interface Tx extends SqlTx {
  prisma: Prisma.TransactionClient
  tenantId: Id<'tenant'>
}

/** A worker's transaction over exactly the tenants its batch lists; plain pg, since every query in it is set-based. */
export interface BatchTx extends SqlTx {
  tenantIds: readonly Id<'tenant'>[]
}

/** A transaction on directory and platform tables only; tenant tables raise in it. */
export type PlatformTx = SqlTx

export type DatabaseRole = 'weft_web' | 'weft_worker'

export interface Database {
  role: DatabaseRole
  prisma: PrismaClient
  pool: pg.Pool
  /** Runs one tenant's transaction, again when it met a serialization failure or a deadlock. */
  tenantTransaction<T>(tenantId: Id<'tenant'>, clock: Clock, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One tenant's read-only transaction on plain pg, for reads that recur with every event: 0.3 ms against Prisma's 1.1. */
  tenantRead<T>(tenantId: Id<'tenant'>, clock: Clock, work: (tx: SqlTx) => Promise<T>): Promise<T>
  /** A transaction over a batch's tenants; only `weft_worker` may. */
  batchTransaction<T>(tenantIds: readonly Id<'tenant'>[], clock: Clock, work: (tx: BatchTx) => Promise<T>): Promise<T>
  /** A transaction without any tenant. */
  platformTransaction<T>(clock: Clock, work: (tx: PlatformTx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Start-up refuses to go on; the message says which variable is wrong and what to do. */
export class DatabaseRefused extends Error {
  override name = 'DatabaseRefused'
}

// int8 as number: our counters and offsets stay far below 2^53, and a string in arithmetic is a bug waiting.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * Opens the database as one of the two application roles.
 * @param options.url as that role; `options.poolSize` connections are shared by Prisma and plain pg
 * @throws DatabaseRefused when the role is a superuser, an owner of tables, or bypasses row-level security (I6)
 */
export async function openDatabase(options: {
  url: string
  role: DatabaseRole
  poolSize: number
  /** How long to wait for a free or new connection, ms. */
  connectTimeoutMs?: number
  onError?: (error: Error) => void
}): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.role,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 60_000,
    // A frozen process must not keep its row locks for ever: the server ends its transaction and others go on.
    idle_in_transaction_session_timeout: 15_000,
  })
  pool.on('error', (error) => options.onError?.(error))
  await refuseStrongRole(pool, options.role)
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: false }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  })
  return {
    role: options.role,
    prisma,
    pool,
    tenantTransaction: (tenantId, clock, work) => retried(() => prismaTransaction(prisma, options.role, tenantId, clock, work)),
    tenantRead: (tenantId, clock, work) => retried(() => tenantRead(pool, options.role, tenantId, clock, work)),
    batchTransaction: (tenantIds, clock, work) => retried(() => batchTransaction(pool, tenantIds, clock, work)),
    platformTransaction: (clock, work) => retried(() => platformTransaction(pool, clock, work)),
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

async function refuseStrongRole(pool: pg.Pool, role: DatabaseRole): Promise<void> {
  const variable = role === 'weft_web' ? 'DATABASE_URL' : 'DATABASE_WORKER_URL'
  const { rows } = await pool.query<{ name: string; strong: boolean; owns: boolean; member: boolean }>(
    `select r.rolname as name, r.rolsuper or r.rolbypassrls as strong, pg_has_role(r.rolname, $1, 'member') as member,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'bus') and c.relkind in ('r', 'p') and pg_has_role(r.rolname, c.relowner, 'usage')) as owns
     from pg_roles r where r.rolname = current_user`,
    [role],
  )
  const found = rows[0]
  if (!found) throw new DatabaseRefused(`${variable} connects as a role the database does not know`)
  if (found.strong || found.owns) {
    throw new DatabaseRefused(
      `${variable} connects as ${found.name}, which passes the walls between tenants (superuser, BYPASSRLS or owner of the tables). Use the role ${role}; \`npm run -s weft -- db roles\` prints the SQL that makes it.`,
    )
  }
  if (!found.member)
    throw new DatabaseRefused(
      `${variable} connects as ${found.name}, which is not ${role}; \`npm run -s weft -- db roles\` prints the SQL that makes it.`,
    )
}

async function retried<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (!isRetryable(error) || attempt >= LIMITS.transactionRetries) throw error
      await pause(Math.random() * 10 * 2 ** Math.min(attempt, 5))
    }
  }
}

function prismaTransaction<T>(
  prisma: PrismaClient,
  role: DatabaseRole,
  tenantId: Id<'tenant'>,
  clock: Clock,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return prisma.$transaction(async (client) => {
    const uuid = toUuid(tenantId)
    if (role === 'weft_web') await client.$executeRaw`select set_config('app.tenant_id', ${uuid}, true)`
    else await client.$executeRaw`select set_config('app.tenant_ids', ${`{${uuid}}`}, true)`
    return work({ prisma: client, tenantId, now: clock.now(), sql: prismaSql(client) })
  })
}

/** Raw SQL through Prisma's connection. Prisma gives int8 as BigInt; ours are numbers, as on plain pg. */
function prismaSql(client: Prisma.TransactionClient): Sql {
  return async <Row>(text: string, values: readonly unknown[] = []) => {
    const rows = await client.$queryRawUnsafe<Record<string, unknown>[]>(text, ...values)
    for (const row of rows) for (const key in row) if (typeof row[key] === 'bigint') row[key] = Number(row[key])
    return rows as Row[]
  }
}

async function tenantRead<T>(
  pool: pg.Pool,
  role: DatabaseRole,
  tenantId: Id<'tenant'>,
  clock: Clock,
  work: (tx: SqlTx) => Promise<T>,
): Promise<T> {
  return onClient(
    pool,
    async (sql) => {
      if (role === 'weft_web') await sql("select set_config('app.tenant_id', $1, true)", [toUuid(tenantId)], 'set_tenant')
      else await sql("select set_config('app.tenant_ids', $1, true)", [`{${toUuid(tenantId)}}`], 'set_tenants')
      return work({ sql, now: clock.now() })
    },
    'begin read only',
  )
}

async function batchTransaction<T>(
  pool: pg.Pool,
  tenantIds: readonly Id<'tenant'>[],
  clock: Clock,
  work: (tx: BatchTx) => Promise<T>,
): Promise<T> {
  return onClient(pool, async (sql) => {
    await sql("select set_config('app.tenant_ids', $1, true)", [`{${tenantIds.map(toUuid).join(',')}}`], 'set_tenants')
    return work({ sql, tenantIds, now: clock.now() })
  })
}

async function platformTransaction<T>(pool: pg.Pool, clock: Clock, work: (tx: PlatformTx) => Promise<T>): Promise<T> {
  return onClient(pool, (sql) => work({ sql, now: clock.now() }))
}

async function onClient<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>, begin = 'begin'): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // While a client is out of the pool nobody else listens: a connection that dies then would end the process.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  const sql: Sql = async <Row>(text: string, values: readonly unknown[] = [], name?: string) =>
    (await client.query(name === undefined ? { text, values: [...values] } : { name, text, values: [...values] })).rows as Row[]
  try {
    await client.query(begin)
    const result = await work(sql)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    throw error
  } finally {
    // A broken one may say so once more after it was given up, so it keeps its listener.
    if (!broken) client.removeListener('error', onError)
    client.release(broken)
  }
}
