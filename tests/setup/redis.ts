import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startUpstashFront } from './upstash-front.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the Upstash client finds a real Redis. */
    upstash: { url: string; token: string }
  }
}

const TOKEN = 'test-token'

/** One real Redis on a free loopback port for the whole run, behind a front that speaks Upstash's REST API. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis(findRedisServer())
  const front = await startUpstashFront({ redisPort: redis.port, token: TOKEN })
  project.provide('upstash', { url: front.url, token: TOKEN })
  return async () => {
    await front.close()
    redis.child.kill('SIGTERM')
    await once(redis.child, 'exit')
  }
}

function findRedisServer(): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find(existsSync)
  if (!found) throw new Error('These tests need a real Redis, and redis-server is not on the PATH. On Debian: apt-get install redis-server')
  return found
}

async function startRedis(path: string): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort()
  const child = spawn(path, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // A test run that is killed must not leave a server behind.
  process.once('exit', () => child.kill('SIGKILL'))
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes('Ready to accept connections')) return { child, port }
  throw new Error(`redis-server ended before it was ready (exit ${child.exitCode})`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  return address.port
}
