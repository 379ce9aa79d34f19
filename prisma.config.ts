import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma downloads its native schema engine when it is installed. Where that was not possible (offline, mirrors) the same
// engine runs as WebAssembly from npm; it reads and writes the same migration folders.
const engines = dirname(createRequire(import.meta.url).resolve('@prisma/engines/package.json'))
if (!readdirSync(engines).some((file) => file.startsWith('schema-engine-'))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= join(import.meta.dirname, 'scripts/schema-engine.mjs')
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_OWNER_URL },
})
