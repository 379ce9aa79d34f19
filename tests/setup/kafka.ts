import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startKafka } from '#scripts/kafka.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port` of a real broker that lives for the whole run. */
    kafkaBrokers: string[]
  }
}

/** One real Apache Kafka for the whole run; without Java or Maven it says so and the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'weft-kafka-'))
  const kafka = await startKafka({ dataDir })
  project.provide('kafkaBrokers', kafka.brokers)
  return async () => {
    await kafka.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
