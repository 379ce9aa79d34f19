import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const FILES = ['data.json', 'messages.json']
const require = createRequire(import.meta.url)
const known = new Map<string, Promise<Buffer>>()

/** The picker's emoji data, from the package that npm installed: nothing is fetched from anybody's network. */
export async function emojiResponse(file: string): Promise<Response | null> {
  if (!FILES.includes(file)) return null
  const bytes = known.get(file) ?? readFile(require.resolve(`emojibase-data/en/${file}`))
  known.set(file, bytes)
  return new Response(new Uint8Array(await bytes), {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=86400' },
  })
}
