import { z } from 'zod'

const url = (protocols: string[], example: string) =>
  z.string().refine((value) => {
    try {
      return protocols.includes(new URL(value).protocol)
    } catch {
      return false
    }
  }, `must be a URL like ${example}`)

const postgresUrl = url(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/weft')
const httpUrl = url(['http:', 'https:'], 'https://inbox.example.com')
const flag = z.stringbool({ truthy: ['on', 'true', '1', 'yes'], falsy: ['off', 'false', '0', 'no'] })
const port = z.coerce.number().int().min(0).max(65_535)

const keyRing = z
  .string()
  .refine(
    (value) => value.split(',').every((entry) => /^[\w-]{1,32}:[A-Za-z0-9+/_-]{43}=?$/.test(entry.trim())),
    'must be id:key pairs separated by commas, each key 32 random bytes in base64, the first one encrypting (openssl rand -base64 32)',
  )

/**
 * The whole environment, once. `.env.example` is generated from it (`npm run env:example`), entry points read it through
 * `readEnv`, and everything else receives plain options. The order here is the order in the example file.
 */
export const envSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production').describe('How the process runs'),
  PORT: port.default(3000).describe('Port of the web process; in `npm start` the only address a stranger needs'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container'),
  METRICS_PORT: port.default(9464).describe('Port of /livez, /readyz and /metrics on processes without a public port; 0 picks one'),
  PUBLIC_URL: httpUrl.optional().describe('The address browsers and providers reach us by; webhook URLs are built from it'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info').describe('How much is logged'),
  WEFT_DATA_DIR: z.string().default('.data').describe('Where embedded mode keeps the database, secrets, blobs and demo.json'),
  DATABASE_URL: postgresUrl.optional().describe('PostgreSQL as role weft_web; absent: the embedded PostgreSQL is started'),
  DATABASE_WORKER_URL: postgresUrl.optional().describe('The same database as role weft_worker'),
  DATABASE_OWNER_URL: postgresUrl.optional().describe('The same database as its owner; only migrations use it'),
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(10).describe('Connections a process may hold'),
  KAFKA_BROKERS: z.string().optional().describe('host:port,host:port; absent: the bus runs on PostgreSQL'),
  KAFKA_ALLOW_UNREPLICATED: flag.default(false).describe('on: accept a cluster with fewer than 3 replicas or min.insync.replicas below 2'),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]*$/)
    .default('')
    .describe('Put before every topic and group, for shared clusters'),
  UPSTASH_REDIS_REST_URL: httpUrl.optional().describe('Upstash Redis; absent: an in-process cache'),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional().describe('Its token'),
  S3_ENDPOINT: httpUrl.optional().describe('S3-compatible store for media; absent: files under WEFT_DATA_DIR (one machine only)'),
  S3_REGION: z.string().optional().describe('Its region'),
  S3_BUCKET: z.string().optional().describe('Its bucket'),
  S3_ACCESS_KEY_ID: z.string().optional().describe('Its key id'),
  S3_SECRET_ACCESS_KEY: z.string().optional().describe('Its secret'),
  AUTH_SECRET: z
    .string()
    .min(32, 'must be at least 32 random characters (openssl rand -base64 32)')
    .optional()
    .describe('Signs sessions and file URLs'),
  WEFT_KEYS: keyRing.optional().describe('Key ring for channel credentials, id:base64,…; the first encrypts, all decrypt'),
  META_APP_SECRET: z.string().optional().describe('App secret of the Meta app shared by all tenants'),
  META_VERIFY_TOKEN: z.string().optional().describe('Verify token of its webhook'),
  META_GRAPH_URL: httpUrl.default('https://graph.facebook.com/v25.0').describe('Graph API with its version'),
  INGRESS_PORT: port.default(3001).describe("Port of the ingress process, which takes the providers' webhooks"),
  INGRESS_URL: httpUrl.optional().describe('Where web streams /webhooks/* on to; absent: webhooks reach ingress by themselves'),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0).describe('How many reverse proxies stand in front'),
  SANDBOX: flag
    .optional()
    .describe('on: provider stand-ins and the customer phone; default on only in `npm start` without provider settings'),
  SANDBOX_URL: httpUrl.optional().describe('Where web streams /sandbox/* on to; set by the supervisor'),
  DEFAULT_TENANT_ID: z
    .string()
    .regex(/^ten_[0-9a-f]{32}$/, 'must be a tenant id like ten_…')
    .optional()
    .describe('For single-tenant installs: where a member of several tenants lands'),
})

export type Env = z.infer<typeof envSchema>

/** Thrown by `readEnv`; its message is one readable sentence per wrong variable. */
export class EnvError extends Error {
  override name = 'EnvError'
}

/** Variables that only make sense together: a half-configured process refuses to start. */
const together: readonly (readonly (keyof Env)[])[] = [
  ['DATABASE_URL', 'DATABASE_WORKER_URL'],
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
  ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  ['META_APP_SECRET', 'META_VERIFY_TOKEN'],
]

/**
 * Reads and checks the environment.
 * @param source usually `process.env`, which only this file may name; empty strings count as absent
 * @throws EnvError naming every wrong variable and what it must be
 */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = envSchema.safeParse(present)
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '))
  }
  for (const group of together) {
    const missing = group.filter((name) => parsed.data[name] === undefined)
    if (missing.length > 0 && missing.length < group.length) {
      const given = group.filter((name) => parsed.data[name] !== undefined)
      throw new EnvError(`${missing.join(', ')} must be set as well, because ${given.join(', ')} is`)
    }
  }
  return parsed.data
}
