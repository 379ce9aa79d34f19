import { defineConfig } from 'vitest/config'

/**
 * `unit` needs nothing; `integration` gets a real PostgreSQL, a migrated template cloned per test file;
 * `browser` the built product and a real Chromium; `kafka`, `redis`, `s3` and `fixtures` are run by their own commands. Faults are
 * no vitest project: scripts/faults.ts runs them.
 */
const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, environment: 'node' as const, testTimeout: 30_000, hookTimeout: 120_000, ...extra },
})
const database = { globalSetup: ['tests/setup/postgres.ts'], pool: 'forks' as const, maxWorkers: 2 }

export default defineConfig({
  test: {
    projects: [
      project('unit', ['{app,modules,channels,workers,sandbox,scripts,k8s,bench,tests/suites}/**/*.test.{ts,tsx}'], {
        exclude: ['**/*.db.test.ts', '**/*.kafka.test.ts', '**/*.redis.test.ts', '**/*.s3.test.ts', '**/*.fixtures.test.ts'],
      }),
      project('integration', ['{app,modules,channels,workers,sandbox,scripts,prisma,tests/suites}/**/*.db.test.ts'], database),
      project('browser', ['tests/e2e/**/*.test.ts'], {
        globalSetup: ['tests/setup/product.ts'],
        pool: 'forks' as const,
        maxWorkers: 1,
        testTimeout: 120_000,
      }),
      project('kafka', ['{modules,workers,tests/suites}/**/*.kafka.test.ts'], {
        ...database,
        globalSetup: ['tests/setup/postgres.ts', 'tests/setup/kafka.ts'],
        testTimeout: 180_000,
      }),
      project('redis', ['modules/**/*.redis.test.ts'], { globalSetup: ['tests/setup/redis.ts'] }),
      project('s3', ['modules/**/*.s3.test.ts'], { globalSetup: ['tests/setup/s3.ts'] }),
      project('fixtures', ['{channels,sandbox,tests/suites}/**/*.fixtures.test.ts']),
    ],
  },
})
