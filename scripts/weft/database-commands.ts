import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { migrate } from '#platform/db/migrate.ts'
import { createDatabaseSql, rolesSql } from '#platform/db/roles.ts'
import { CommandFailed, command } from './command.ts'

const MIGRATIONS = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '../../prisma/migrations' : '../prisma/migrations')
const password = z.string().min(12, 'must be at least 12 characters').optional()

export const databaseCommands = [
  command({
    name: 'db roles',
    summary: 'Print the SQL that makes the database and its roles, for a superuser to run; passwords are made up where not given.',
    positionals: [],
    options: z.object({
      database: z
        .string()
        .regex(/^[a-z_][a-z0-9_]*$/)
        .default('weft'),
      ownerPassword: password,
      webPassword: password,
      workerPassword: password,
    }),
    examples: { database: 'weft' },
    run: {
      needs: 'environment',
      work: async (_context, options) => {
        const made = () => randomBytes(24).toString('base64url')
        const passwords = {
          owner: options.ownerPassword ?? made(),
          web: options.webPassword ?? made(),
          worker: options.workerPassword ?? made(),
        }
        return `${rolesSql(passwords)}\n${createDatabaseSql(options.database)}`
      },
    },
  }),
  command({
    name: 'db migrate',
    summary: 'Apply pending migrations as the owner (DATABASE_OWNER_URL); the same folders and bookkeeping as prisma migrate deploy.',
    positionals: [],
    options: z.object({}),
    examples: {},
    run: {
      needs: 'environment',
      work: async ({ env }) => {
        if (!env.DATABASE_OWNER_URL) throw new CommandFailed('DATABASE_OWNER_URL is not set; migrations run as the owner of the tables')
        return { applied: await migrate(env.DATABASE_OWNER_URL, MIGRATIONS) }
      },
    },
  }),
]
