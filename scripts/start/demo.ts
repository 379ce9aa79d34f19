import { join } from 'node:path'
import { createBlobs } from '#platform/blobs/blobs.ts'
import { systemClock } from '#platform/clock.ts'
import { parseKeyRing } from '#platform/crypto.ts'
import { openDatabase } from '#platform/db/database.ts'
import type { Env } from '#platform/env.ts'
import { type Demo, readDemo, writeDemo, writeSandboxOptions } from './files.ts'
import type { Layout } from './layout.ts'
import type { Secrets } from './secrets.ts'

interface DemoOptions {
  env: Env
  dataDir: string
  layout: Layout
  secrets: Secrets
  workerUrl: string
}

/** Makes the demo's workspaces on first start and tells the sandbox whom it plays; later starts find them as they were left. */
export async function prepareDemo(options: DemoOptions): Promise<Demo> {
  const { dataDir, layout, secrets } = options
  const known = readDemo(dataDir)
  const demo: Demo = { ...(known ?? (await seed(options))), url: layout.publicUrl, phoneUrl: `${layout.publicUrl}/sandbox/phone` }
  writeDemo(dataDir, demo)
  writeSandboxOptions(dataDir, {
    host: '127.0.0.1',
    port: layout.ports.sandbox,
    webhookUrl: `http://127.0.0.1:${layout.ports.web}/webhooks/whatsapp`,
    appSecret: options.env.META_APP_SECRET ?? secrets.metaAppSecret,
    verifyToken: options.env.META_VERIFY_TOKEN ?? secrets.metaVerifyToken,
    dataDir: join(dataDir, 'sandbox'),
    numbers: demo.numbers.map((number) => ({ ...number, unknownWindow: 'open' as const })),
    customers: demo.customers,
  })
  return demo
}

async function seed({ env, dataDir, secrets, workerUrl }: DemoOptions): Promise<Omit<Demo, 'url' | 'phoneUrl'>> {
  const { seedDemo } = await import('../../prisma/seed/seed.ts')
  const database = await openDatabase({ url: workerUrl, role: 'weft_worker', poolSize: 4 })
  try {
    const context = {
      database,
      clock: systemClock,
      keys: parseKeyRing(env.WEFT_KEYS ?? secrets.keys),
      blobs: await createBlobs({ ...env, WEFT_DATA_DIR: dataDir }),
    }
    return await seedDemo(context, { password: secrets.demoPassword, accessToken: secrets.graphToken })
  } finally {
    await database.close()
  }
}
