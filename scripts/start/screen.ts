import type { Env } from '#platform/env.ts'
import type { Demo } from './files.ts'
import type { Layout } from './layout.ts'

/** The one screen a stranger sees: where to go, how to get in, what is real and what is simulated. */
export function screenText(options: { env: Env; layout: Layout; demo: Demo | undefined; dataDir: string; seconds: number }): string {
  const { env, layout, demo, dataDir, seconds } = options
  const parts = [
    env.DATABASE_URL ? 'PostgreSQL from DATABASE_URL' : 'embedded PostgreSQL',
    env.KAFKA_BROKERS ? 'Kafka' : 'bus on PostgreSQL',
    env.UPSTASH_REDIS_REST_URL ? 'Upstash Redis' : 'in-process cache',
  ]
  const login = demo?.logins[0]
  const rows: [string, string][] = [['Inbox', layout.publicUrl]]
  if (login) rows.push(['Sign in as', `${login.email}   password ${login.password}`])
  if (layout.sandbox) rows.push(["Customer's phone", `${layout.publicUrl}/sandbox/phone`])
  rows.push(['Runs on', parts.join(', ')])
  if (layout.sandbox) rows.push(['Simulated', 'WhatsApp (set META_APP_SECRET and META_VERIFY_TOKEN for the real one)'])
  rows.push(['Data and logs', `${dataDir}${demo ? ` (all demo logins: ${dataDir}/demo.json)` : ''}`])
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    '',
    `  Weft is ready (${seconds.toFixed(1)} s). Ctrl-C stops it.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`),
    '',
  ].join('\n')
}
