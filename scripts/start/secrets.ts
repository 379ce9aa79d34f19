import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const text = z.string().min(16)
const Secrets = z.object({
  authSecret: text,
  keys: text,
  ownerPassword: text,
  webPassword: text,
  workerPassword: text,
  metaAppSecret: text,
  metaVerifyToken: text,
  graphToken: text,
  demoPassword: z.string().min(8),
})
export type Secrets = z.infer<typeof Secrets>

/**
 * What an operator would otherwise have to make up, made once and kept beside the data (mode 0600). Losing the file means that
 * stored channel credentials can no longer be opened.
 * @throws when the file was changed by hand into something else; the message names it
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json')
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(makeSecrets(), null, 2), { mode: 0o600 })
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new Error(`${file} is damaged. Put the original back, or delete the whole data directory to start from nothing.`)
  }
}

function makeSecrets(): Secrets {
  const random = () => randomBytes(32).toString('base64url')
  return {
    authSecret: random(),
    keys: `${new Date().getUTCFullYear()}:${randomBytes(32).toString('base64')}`,
    ownerPassword: random(),
    webPassword: random(),
    workerPassword: random(),
    metaAppSecret: random(),
    metaVerifyToken: random(),
    graphToken: `EAAG${random()}`,
    demoPassword: `demo-${randomBytes(4).toString('hex')}`,
  }
}
