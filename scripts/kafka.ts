import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { createTopics } from '#platform/bus/kafka-cluster.ts'
import { TOPICS } from '#platform/bus/topics.ts'
import { pause } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'

/** A real Apache Kafka on loopback: one node that is broker and controller (KRaft). */
export interface LocalKafka {
  brokers: string[]
  port: number
  pid: number
  /** Resolves when the broker ends, whoever ended it. */
  exited: Promise<void>
  stop(): Promise<void>
}

/** One readable sentence: Java or Maven is missing, the download failed, or the broker didn't come up. */
export class KafkaError extends Error {
  override name = 'KafkaError'
}

const KAFKA = '4.1.1'
/** kafka_2.13 logs through SLF4J 1.7, so it is log4j-slf4j-impl and not log4j-slf4j2-impl. */
const LOG4J = '2.24.3'
const JAVA = 17
/** The one that Maven would use as well. */
const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java'
const CACHE = resolve(import.meta.dirname, '../.cache/kafka')

/**
 * Starts a broker, fetching Kafka first if the checkout has none. The same `dataDir` and `port` after a kill -9 bring the same
 * broker back with what it had acknowledged.
 * @param options.dataDir holds its log and its settings; made when missing
 * @param options.port 0 or absent: a free one
 * @throws KafkaError
 */
export async function startKafka(options: { dataDir: string; port?: number; onLog?: (line: string) => void }): Promise<LocalKafka> {
  const libraries = fetchKafka()
  const dataDir = resolve(options.dataDir)
  const port = options.port || (await freePort())
  const settings = writeSettings(dataDir, port, await freePort())
  if (!existsSync(join(dataDir, 'log/meta.properties'))) format(libraries, settings)
  const child = spawn(java, ['-Xmx512m', '-Xms128m', '-cp', `${libraries}/*`, 'kafka.Kafka', settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const words: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        words.push(line)
        if (words.length > 20) words.shift()
        options.onLog?.(line)
      }
    })
  }
  // A broker must not outlive a script that ends by an error.
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const exited = once(child, 'exit').then(() => void process.off('exit', endWithUs))
  const brokers = [`127.0.0.1:${port}`]
  await untilReady(child, brokers, words)
  return { brokers, port, pid: child.pid ?? 0, exited, stop: () => stop(child, exited) }
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await Promise.race([exited, pause(10_000)])
  child.kill('SIGKILL')
  await exited
}

/**
 * Kafka's jars from Maven Central, cached in the checkout: kafka_2.13 (kafka-server alone lacks both main classes) with its
 * runtime dependencies, and one SLF4J binding, about 43 MB.
 * @returns the folder of jars
 */
function fetchKafka(): string {
  const version = commandOutput(
    java,
    ['-version'],
    `Kafka needs Java ${JAVA} or newer, and no \`java\` was found. On Debian: apt install default-jre-headless`,
  )
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0)
  if (major < JAVA) throw new KafkaError(`Kafka ${KAFKA} needs Java ${JAVA} or newer; \`java\` is version ${major}.`)
  const folder = join(CACHE, KAFKA)
  if (existsSync(folder)) return folder
  commandOutput('mvn', ['-version'], 'Kafka is fetched by Maven, and no `mvn` was found. On Debian: apt install maven')
  const fetching = join(CACHE, `fetching-${process.pid}`)
  mkdirSync(fetching, { recursive: true })
  try {
    writeFileSync(join(fetching, 'pom.xml'), POM)
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
    execFileSync('mvn', ['-B', '-q', goal, `-DoutputDirectory=${fetching}/jars`, '-DincludeScope=runtime'], {
      cwd: fetching,
      stdio: 'pipe',
    })
    // Whole or not at all: a second process that starts meanwhile must not see half of the jars.
    if (!existsSync(folder)) renameSync(join(fetching, 'jars'), folder)
    return folder
  } catch (error) {
    const output = String((error as { stdout?: Buffer }).stdout ?? error)
    const reason = output.split('\n').find((line) => line.includes('[ERROR]')) ?? output.slice(0, 300)
    throw new KafkaError(`Maven could not fetch Kafka ${KAFKA}: ${reason.trim()}`)
  } finally {
    rmSync(fetching, { recursive: true, force: true })
  }
}

const dependency = (group: string, artifact: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>weft</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J)}
    ${dependency('org.apache.logging.log4j', 'log4j-core', LOG4J)}
  </dependencies>
</project>
`

/** Static voters need no `--standalone` when formatting; the controller's port may change between starts of a single node. */
function writeSettings(dataDir: string, port: number, controllerPort: number): string {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'server.properties')
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(dataDir, 'log'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
  }
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  return file
}

function format(libraries: string, settings: string): void {
  const tool = (...args: string[]) =>
    execFileSync(java, ['-cp', `${libraries}/*`, 'kafka.tools.StorageTool', ...args], { stdio: 'pipe' }).toString()
  try {
    tool('format', '-t', tool('random-uuid').trim(), '-c', settings)
  } catch (error) {
    throw new KafkaError(`Kafka's storage could not be formatted: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`)
  }
}

async function untilReady(child: ChildProcess, brokers: string[], words: readonly string[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'weft-start', brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  for (let tries = 0; tries < 300 && child.exitCode === null && child.signalCode === null; tries++) {
    const admin = kafka.admin()
    try {
      await admin.connect()
      if ((await admin.describeCluster()).brokers.length > 0) return
    } catch {
      // Not listening yet, or listening and not yet registered with its controller.
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
    await pause(200)
  }
  child.kill('SIGKILL')
  throw new KafkaError(`Kafka did not start. Its last words: ${words.slice(-3).join(' | ') || 'none'}`)
}

function commandOutput(command: string, args: string[], missing: string): string {
  try {
    return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], { stdio: 'pipe' }).toString()
  } catch {
    throw new KafkaError(missing)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new KafkaError('no free port on 127.0.0.1')
  return address.port
}

/** `npm run kafka [-- --port 9092 --data-dir .data/kafka]`: a broker with the product's topics, until ctrl-C. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, 'data-dir': { type: 'string', default: '.data/kafka' } },
  })
  const kafka = await startKafka({ dataDir: values['data-dir'], port: Number(values.port) })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void kafka.stop())
  const settings = { brokers: kafka.brokers, allowUnreplicated: true }
  const created = await createTopics(settings, TOPICS, createLog({ level: 'warn', process: 'kafka' }))
  console.log(`Kafka ${KAFKA} listens on ${kafka.brokers.join(',')}${created.length > 0 ? `; created ${created.join(', ')}` : ''}.`)
  console.log(`Use it with: KAFKA_BROKERS=${kafka.brokers.join(',')} KAFKA_ALLOW_UNREPLICATED=on npm start`)
  await kafka.exited
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: Error) => {
    console.error(error instanceof KafkaError ? error.message : error)
    process.exitCode = 1
  })
}
