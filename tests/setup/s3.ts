import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePorts } from '#scripts/start/lock.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    s3: { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string }
  }
}

const SERVER = 'github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0'

/** An S3-compatible server that nobody here wrote (gofakes3, from the Go module proxy), in memory, on loopback. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (spawnSync('go', ['version']).status !== 0) throw new Error('the S3 suite needs Go on the PATH, to build the server it runs against')
  const folder = resolve('.cache/s3')
  if (!existsSync(`${folder}/gofakes3`))
    execFileSync('go', ['install', SERVER], { env: { ...process.env, GOBIN: folder }, stdio: ['ignore', 'ignore', 'inherit'] })
  const [port = 0] = await freePorts(1)
  const server = spawn(`${folder}/gofakes3`, ['-backend', 'memory', '-host', `127.0.0.1:${port}`, '-initialbucket', 'weft'], {
    stdio: 'ignore',
  })
  const endpoint = `http://127.0.0.1:${port}`
  await untilAnswers(endpoint)
  project.provide('s3', { endpoint, bucket: 'weft', accessKeyId: 'test', secretAccessKey: 'test' })
  return async () => {
    const ended = once(server, 'exit')
    server.kill()
    await ended
  }
}

async function untilAnswers(endpoint: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(endpoint).catch(() => undefined)) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('the S3 server did not start')
}
