#!/usr/bin/env node
import { randomUUID } from 'node:crypto'
// JSON-RPC stand-in for the native `schema-engine` executable, over @prisma/schema-engine-wasm + @prisma/adapter-pg
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

const { values: v, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
    version: { type: 'boolean' },
  },
})
if (v.version) {
  console.log('schema-engine-wasm shim')
  process.exit(0)
}
const ds = v.datasource ? JSON.parse(v.datasource) : {}
const fail = (e) => {
  console.error(JSON.stringify({ level: 'INFO', fields: { message: 'start' } }))
  console.error(
    JSON.stringify({
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { error_code: e.error_code ?? 'P1001', message: e.message },
    }),
  )
  process.exit(1)
}
const withClient = async (cfg, f) => {
  const c = new pg.Client(cfg)
  await c.connect()
  try {
    return await f(c)
  } finally {
    await c.end()
  }
}
const sql = (text) => withClient({ ...parseIntoClientConfig(ds.url), database: 'postgres' }, (c) => c.query(text))
const admin = async () => {
  const { database } = parseIntoClientConfig(ds.url)
  await sql(`create database "${database.replaceAll('"', '""')}"`)
  return database
}
if (positionals[0] === 'cli') {
  try {
    if (positionals[1] === 'can-connect-to-database') {
      const c = new pg.Client({ connectionString: ds.url })
      await c.connect()
      await c.end()
    } else if (positionals[1] === 'create-database') await admin()
    process.exit(0)
  } catch (e) {
    fail(e.code === '3D000' ? { message: 'database does not exist', error_code: 'P1003' } : e)
  }
}
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(m) {
    console.error(JSON.stringify({ level: 'ERROR', fields: { message: m, is_panic: true } }))
  },
}
const req = createRequire(import.meta.url)
const bgPath = req.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
const bg = await import(bgPath)
const { instance } = await WebAssembly.instantiate(await readFile(bgPath.replace(/\.js$/, '.wasm')), { './schema_engine_bg.js': bg })
bg.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()
// adapter-pg has no mapping for PostgreSQL's internal "char" type (OID 18) which the catalogue queries return: present it as TEXT (25)
process.on('uncaughtException', (e) => {
  console.error(JSON.stringify({ level: 'ERROR', fields: { message: String(e.message) } }))
  process.exit(101)
})
const Result = createRequire(import.meta.url)('pg/lib/result')
const addFields = Result.prototype.addFields
Result.prototype.addFields = function (fs) {
  for (const f of fs)
    if (f.dataTypeID === 18) {
      f.dataTypeID = 25
      f.isChar = true
    }
  return addFields.call(this, fs)
}
const { connectionString: _c, ...base } = { ...parseIntoClientConfig(ds.url ?? 'postgresql://localhost/x'), max: 1 }
const whole = (adapter) => {
  adapter.queryRaw = async (q) => {
    let fields = []
    const tap = Object.create(adapter, {
      performIO: {
        value: async (x) => {
          const r = await adapter.performIO(x)
          fields = r.fields ?? []
          return r
        },
      },
    })
    const out = await Object.getPrototypeOf(adapter).queryRaw.call(tap, q)
    fields.forEach((f, i) => {
      if (f.isChar) out.columnTypes[i] = ColumnTypeEnum.Character
    })
    return out
  }
  adapter.executeScript = async (sql) => {
    await adapter.client.query(sql).catch((e) => adapter.onError(e))
  }
  return adapter
} // adapter-pg splits scripts on every ";"
const open = new Set(),
  shadows = new Set() // the wasm engine does not always dispose its shadow connection
class MigrationPg extends PrismaPg {
  async connect() {
    const a = whole(await super.connect())
    open.add(a)
    return a
  }
  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`
    await sql(`create database "${name}"`)
    shadows.add(name)
    const a = await new MigrationPg({ ...base, database: name }).connect()
    const dispose = a.dispose.bind(a)
    a.dispose = async () => {
      await dispose().catch(() => {})
      shadows.delete(name)
      await sql(`drop database if exists "${name}" with (force)`)
    }
    return a
  }
}
const factory = bindMigrationAwareSqlAdapterFactory(new MigrationPg(base))
const datamodels = v.datamodels ? await Promise.all(v.datamodels.map(async (f) => [f, await readFile(f, 'utf8')])) : undefined
const call = async (f) => {
  const e = await bg.SchemaEngine.new({ datamodels }, () => {}, factory)
  try {
    return await f(e)
  } finally {
    e.free()
    await Promise.allSettled([...open].map((a) => a.dispose()))
    open.clear()
  }
}
// the wasm evaluateDataLoss/createMigration cannot open a shadow database themselves ("PostgreSQL shadow DB must be provided
// through an external factory"); a devDiagnostic on the same instance leaves the migrated schema in its cache
const primed = (name) => (p) =>
  call(async (e) => {
    await e.devDiagnostic({ migrationsList: p.migrationsList, filters: p.filters })
    return e[name](p)
  })
const methods = {
  evaluateDataLoss: primed('evaluateDataLoss'),
  createMigration: primed('createMigration'),
  getDatabaseVersion: () => call((e) => e.version(null)),
  createDatabase: async () => ({ databaseName: await admin() }),
}
const send = (o) => process.stdout.write(JSON.stringify(o) + '\n')
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  const { id, method, params } = JSON.parse(line)
  if (!method) continue // acknowledgement of a "print" notification
  if (process.env.SHIM_DEBUG) console.error('RPC', method)
  try {
    let result = methods[method] ? await methods[method](params) : await call((e) => e[method](params ?? {}))
    if (method === 'diff' && result?.stdout != null) {
      send({ jsonrpc: '2.0', id: 900000 + id, method: 'print', params: { content: result.stdout } })
      result = { exitCode: result.exitCode, stdout: null }
    }
    send({ jsonrpc: '2.0', id, result: result ?? {} })
  } catch (e) {
    send({
      jsonrpc: '2.0',
      id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: { is_panic: false, message: e.message ?? String(e), error_code: e.code ?? null, meta: null },
      },
    })
  }
}
for (const name of shadows) await sql(`drop database if exists "${name}" with (force)`).catch(() => {})
process.exit(0)
