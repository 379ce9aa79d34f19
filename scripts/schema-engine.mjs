#!/usr/bin/env node
/**
 * Stands in for Prisma's native `schema-engine` where that could not be downloaded: the same engine compiled to WebAssembly
 * (@prisma/schema-engine-wasm), driven by @prisma/adapter-pg, speaking the native one's JSON-RPC over stdio. Prisma's command
 * line can't tell them apart, and the migration folders and bookkeeping are the same. Each workaround names what failed without it.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const require = createRequire(import.meta.url)
const { parseIntoClientConfig } = createRequire(require.resolve('pg'))('pg-connection-string')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    version: { type: 'boolean' },
  },
})
/** Requests of ours to the command line are numbered far above its own. */
const PRINT_IDS = 900_000
const url = values.datasource ? JSON.parse(values.datasource).url : undefined

/** `cli can-connect-to-database` and `cli create-database`: the exit code is the answer. */
async function runCli(verb) {
  try {
    if (verb === 'can-connect-to-database') await onDatabase(url, async () => undefined)
    else if (verb === 'create-database') await createDatabase()
    process.exit(0)
  } catch (error) {
    const missing = error.code === '3D000'
    // Prisma's command line drops the first line of stderr, so a harmless one goes ahead.
    logLine('INFO', { message: 'schema-engine' })
    logLine('ERROR', { error_code: missing ? 'P1003' : 'P1001', message: missing ? 'database does not exist' : error.message })
    process.exit(1)
  }
}

/** Reads one JSON-RPC request a line until stdin closes. */
async function serve() {
  const engineModule = await loadEngine()
  teachCharType()
  const shadows = new Set()
  const adapters = new Set()
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapter(connectionParts(), shadows, adapters))
  const datamodels = values.datamodels
    ? await Promise.all(values.datamodels.map(async (file) => [file, await readFile(file, 'utf8')]))
    : undefined

  // A new engine per call, as the native process keeps none of its connections between calls either.
  const withEngine = async (work) => {
    const engine = await engineModule.SchemaEngine.new({ datamodels }, () => undefined, factory)
    try {
      return await work(engine)
    } finally {
      engine.free()
      await Promise.allSettled([...adapters].map((adapter) => adapter.dispose()))
      adapters.clear()
    }
  }
  // These two can't open a shadow database by themselves; a diagnostic on the same engine leaves the migrated schema in its cache.
  const afterDiagnostic = (method) => (params) =>
    withEngine(async (engine) => {
      await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters })
      return engine[method](params)
    })
  const methods = {
    evaluateDataLoss: afterDiagnostic('evaluateDataLoss'),
    createMigration: afterDiagnostic('createMigration'),
    getDatabaseVersion: () => withEngine((engine) => engine.version(null)),
    createDatabase: async () => ({ databaseName: await createDatabase() }),
  }

  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue
    const { id, method, params } = JSON.parse(line)
    if (method === undefined) continue // the command line acknowledging what we printed
    try {
      let result = await (methods[method]?.(params) ?? withEngine((engine) => engine[method](params ?? {})))
      if (method === 'diff' && result?.stdout != null) {
        // The native engine prints a diff by asking the command line to do so, under an id of its own.
        send({ jsonrpc: '2.0', id: PRINT_IDS + id, method: 'print', params: { content: result.stdout } })
        result = { exitCode: result.exitCode, stdout: null }
      }
      send({ jsonrpc: '2.0', id, result: result ?? {} })
    } catch (error) {
      send({
        jsonrpc: '2.0',
        id,
        error: {
          code: 4466,
          message: String(error.message),
          data: { is_panic: false, message: String(error.message), meta: error.meta ?? null, error_code: error.code ?? null },
        },
      })
    }
  }
  for (const name of shadows) await onDatabase(url, (client) => client.query(`drop database if exists "${name}" with (force)`), 'postgres')
  process.exit(0)
}

/** The package imports its .wasm as a module, which Node 20 can't do; so it is instantiated by hand. */
async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => logLine('ERROR', { message, is_panic: true }) }
  process.on('uncaughtException', (error) => {
    logLine('ERROR', { message: String(error.message) })
    process.exit(101)
  })
  const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const engineModule = await import(path)
  const { instance } = await WebAssembly.instantiate(await readFile(path.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': engineModule,
  })
  engineModule.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return engineModule
}

/** The catalogue queries return PostgreSQL's internal "char" (OID 18), for which the adapter has no mapping: it travels as text. */
function teachCharType() {
  const Result = require('pg/lib/result')
  const { addFields } = Result.prototype
  Result.prototype.addFields = function (fields) {
    for (const field of fields) {
      if (field.dataTypeID !== 18) continue
      field.dataTypeID = 25
      field.isChar = true
    }
    return addFields.call(this, fields)
  }
}

function connectionParts() {
  // With a connection string pg ignores `database`, and the shadow adapter would run on the main database.
  const { connectionString: _dropped, ...parts } = parseIntoClientConfig(url ?? 'postgresql://localhost/none')
  return { ...parts, max: 1 }
}

class MigrationAdapter extends PrismaPg {
  constructor(parts, shadows, adapters) {
    super(parts)
    this.parts = parts
    this.shadows = shadows
    this.adapters = adapters
  }

  async connect() {
    const adapter = adapted(await super.connect())
    this.adapters.add(adapter)
    return adapter
  }

  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`
    await onDatabase(url, (client) => client.query(`create database "${name}"`), 'postgres')
    this.shadows.add(name)
    const adapter = await new MigrationAdapter({ ...this.parts, database: name }, this.shadows, this.adapters).connect()
    const dispose = adapter.dispose.bind(adapter)
    adapter.dispose = async () => {
      await dispose().catch(() => undefined)
      this.shadows.delete(name)
      await onDatabase(url, (client) => client.query(`drop database if exists "${name}" with (force)`), 'postgres')
    }
    return adapter
  }
}

/** Marks "char" columns as such (the engine refuses them as text), and runs scripts whole: the adapter splits at every semicolon. */
function adapted(adapter) {
  adapter.queryRaw = async (query) => {
    let fields = []
    const tap = Object.create(adapter, {
      performIO: {
        value: async (statement) => {
          const result = await adapter.performIO(statement)
          fields = result.fields ?? []
          return result
        },
      },
    })
    const result = await Object.getPrototypeOf(adapter).queryRaw.call(tap, query)
    fields.forEach((field, at) => {
      if (field.isChar) result.columnTypes[at] = ColumnTypeEnum.Character
    })
    return result
  }
  adapter.executeScript = async (script) => {
    await adapter.client.query(script).catch((error) => adapter.onError(error))
  }
  return adapter
}

async function createDatabase() {
  const { database } = parseIntoClientConfig(url)
  await onDatabase(url, (client) => client.query(`create database "${database.replaceAll('"', '""')}"`), 'postgres')
  return database
}

async function onDatabase(connectionString, work, database) {
  const { connectionString: _dropped, ...parts } = parseIntoClientConfig(connectionString)
  const client = new pg.Client(database ? { ...parts, database } : parts)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function logLine(level, fields) {
  process.stderr.write(`${JSON.stringify({ level, target: 'schema_engine::logger', fields })}\n`)
}

if (values.version) {
  process.stdout.write('schema-engine (WebAssembly)\n')
} else if (positionals[0] === 'cli') {
  await runCli(positionals[1])
} else {
  await serve()
}
