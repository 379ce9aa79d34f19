import { readFileSync, writeFileSync } from 'node:fs'
import { envExample } from '#platform/env-example.ts'

/** Writes `.env.example` from the environment's schema; with `--check` only says whether it is up to date. */
const text = envExample()
if (!process.argv.includes('--check')) writeFileSync('.env.example', text)
else if (readFileSync('.env.example', 'utf8') !== text) {
  console.error('.env.example is out of date: npm run env:example')
  process.exit(1)
}
