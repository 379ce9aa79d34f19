import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePorts } from '#scripts/start/lock.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the started product answers, and its data directory with demo.json and processes.json. */
    product: { url: string; dataDir: string }
  }
}

/** Builds when needed and starts the whole product as `npm start` does, on a fresh data directory and a free port. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-stale'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (built.status !== 0) throw new Error('the build failed')
  const dataDir = mkdtempSync(join(tmpdir(), 'weft-product-'))
  const [port = 0] = await freePorts(1)
  const product = spawn(process.execPath, ['--enable-source-maps', 'build/start.js'], {
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), WEFT_DATA_DIR: dataDir, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await untilReady(product)
  project.provide('product', { url: `http://localhost:${port}`, dataDir })
  return async () => {
    const ended = once(product, 'exit')
    product.kill('SIGTERM')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function untilReady(product: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Weft is ready')) resolve()
    }
    product.stdout?.on('data', read)
    product.stderr?.on('data', read)
    product.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
  })
}

/** The demo's logins and numbers, as the seed wrote them. */
export function readDemoOf(dataDir: string): {
  phoneUrl: string
  logins: { email: string; password: string; name: string; tenant: string; role: string }[]
} {
  return JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'))
}
