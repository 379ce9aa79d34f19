import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EnvError, readEnv } from './env.ts'
import { envExample } from './env-example.ts'

test('nothing set is enough, and empty counts as not set', () => {
  expect(readEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000, META_GRAPH_URL: 'https://graph.facebook.com/v25.0' })
})

test.each([
  [{ PORT: 'eighty' }, /^PORT /],
  [{ PORT: '70000' }, /^PORT /],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must be a URL like postgresql:/],
  [{ DATABASE_URL: 'postgresql://u@h/d' }, /DATABASE_WORKER_URL must be set as well, because DATABASE_URL is/],
  [{ META_APP_SECRET: 'x' }, /META_VERIFY_TOKEN must be set as well/],
  [{ UPSTASH_REDIS_REST_URL: 'https://x.upstash.io' }, /UPSTASH_REDIS_REST_TOKEN/],
  [{ WEFT_KEYS: 'abc' }, /WEFT_KEYS must be id:key pairs/],
  [{ AUTH_SECRET: 'short' }, /AUTH_SECRET must be at least 32/],
  [{ SANDBOX: 'maybe' }, /^SANDBOX /],
])('%j is refused with the variable and what it must be', (source, sentence) => {
  expect(() => readEnv(source)).toThrow(EnvError)
  expect(() => readEnv(source)).toThrow(sentence)
})

test('several wrong variables are all named at once', () => {
  expect(() => readEnv({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT.*LOG_LEVEL/)
})

test('.env.example is what the schema says (npm run env:example writes it)', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(envExample())
})
