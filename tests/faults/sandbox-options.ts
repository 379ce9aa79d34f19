import { join } from 'node:path'
import type { SandboxOptions } from '#sandbox/options.ts'
import type { BuiltPopulation } from './population.ts'
import type { Ground } from './stage.ts'

/** The provider as this run needs it: patient with a product that dies often, and with nothing of its own in the way. */
export function sandboxOptions(ground: Ground, population: BuiltPopulation): SandboxOptions {
  return {
    port: ground.ports.sandbox,
    webhookUrl: `http://127.0.0.1:${ground.ports.ingress}/webhooks/whatsapp`,
    appSecret: ground.secrets.metaAppSecret,
    verifyToken: ground.secrets.metaVerifyToken,
    dataDir: join(ground.dataDir, 'sandbox'),
    numbers: population.numbers.map(({ phoneNumberId, wabaId, displayNumber }) => ({
      phoneNumberId,
      wabaId,
      displayNumber,
      accessToken: ground.secrets.graphToken,
      name: 'Faults',
      unknownWindow: 'open' as const,
      messagesPerSecond: null,
      pairLimit: null,
      templates: [],
    })),
    customers: population.people.map(({ name, waId, userId }) => ({ name, waId, userId })),
    receipts: { sentMs: 100, deliveredMs: 300, readMs: 900 },
    webhooks: { concurrency: 24, maxGapMs: 1_500, tries: 10_000 },
    journalEntries: 5_000_000,
    logLevel: 'warn',
  }
}
