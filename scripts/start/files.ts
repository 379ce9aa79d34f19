import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Login = z.object({ email: z.string(), password: z.string(), name: z.string(), tenant: z.string(), role: z.string() })
const PhoneNumber = z.object({
  phoneNumberId: z.string(),
  wabaId: z.string(),
  displayNumber: z.string(),
  accessToken: z.string(),
  name: z.string(),
})

const Customer = z.object({
  name: z.string(),
  waId: z.string(),
  lastMessages: z.array(z.object({ phoneNumberId: z.string(), at: z.string() })),
})

/** `.data/demo.json`: what the seed made, for people and for scripts that drive the demo. */
export const Demo = z.object({
  url: z.string(),
  phoneUrl: z.string(),
  logins: z.array(Login),
  numbers: z.array(PhoneNumber),
  customers: z.array(Customer),
})
export type Demo = z.infer<typeof Demo>

export function writeDemo(dataDir: string, demo: Demo): void {
  writeWhole(join(dataDir, 'demo.json'), demo, 0o600)
}

export function readDemo(dataDir: string): Demo | undefined {
  try {
    return Demo.parse(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/** `.data/processes.json`: who runs where; tests and operators find pids and ports in it. */
export function writeProcesses(
  dataDir: string,
  processes: Record<string, { pid: number | undefined; port?: number; healthUrl?: string }>,
): void {
  writeWhole(join(dataDir, 'processes.json'), processes, 0o644)
}

/** What the sandbox child reads at its start (mode 0600, it holds the app secret). */
export function writeSandboxOptions(dataDir: string, options: unknown): void {
  mkdirSync(join(dataDir, 'sandbox'), { recursive: true })
  writeWhole(join(dataDir, 'sandbox', 'options.json'), options, 0o600)
}

/** Readers see the old file or the new one, never half of it. */
function writeWhole(file: string, content: unknown, mode: number): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode })
  renameSync(`${file}.new`, file)
}
