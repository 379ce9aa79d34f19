import { type LocalKafka, startKafka } from '#scripts/kafka.ts'

/** A real Kafka broker that is started again, on the same port and log, whenever it dies. */
export interface KeptBroker {
  brokers: string[]
  /** kill -9. */
  kill(): void
  isUp(): boolean
  stop(): Promise<void>
}

export async function keepBroker(dataDir: string, onLog: (line: string) => void): Promise<KeptBroker> {
  let broker: LocalKafka = await startKafka({ dataDir, onLog })
  const { port, brokers } = broker
  let isStopping = false
  let isUp = true
  const keeping = (async () => {
    for (;;) {
      await broker.exited
      if (isStopping) return
      isUp = false
      broker = await startKafka({ dataDir, port, onLog })
      isUp = true
    }
  })()
  return {
    brokers,
    kill: () => process.kill(broker.pid, 'SIGKILL'),
    isUp: () => isUp,
    stop: async () => {
      isStopping = true
      await broker.stop()
      await keeping
    },
  }
}
