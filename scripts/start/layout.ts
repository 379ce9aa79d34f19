import { join } from 'node:path'
import type { Env } from '#platform/env.ts'
import { freePorts } from './lock.ts'
import type { Secrets } from './secrets.ts'

/** One child: what runs, with which variables, and where it says that it is ready. */
export interface ChildPlan {
  name: 'web' | 'ingress' | 'workers' | 'sandbox'
  command: readonly string[]
  port: number
  healthUrl: string
  env: Record<string, string | undefined>
}

/** What stands where in this run; ports stay the same when a child is started again. */
export interface Layout {
  publicUrl: string
  /** Providers are simulated: no provider settings were given, or SANDBOX=on. */
  sandbox: boolean
  ports: { web: number; ingress: number; ingressHealth: number; workers: number; sandbox: number }
}

export async function planLayout(env: Env): Promise<Layout> {
  const [ingress = 0, ingressHealth = 0, workers = 0, sandbox = 0] = await freePorts(4)
  return {
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    sandbox: env.SANDBOX ?? env.META_APP_SECRET === undefined,
    ports: { web: env.PORT, ingress, ingressHealth, workers, sandbox },
  }
}

/**
 * The children of this run. Each gets the person's own environment with what embedded mode adds: role URLs of the database,
 * secrets, and the addresses of the others.
 */
export function planChildren(options: {
  env: Env
  layout: Layout
  secrets: Secrets
  urls: { web: string; worker: string }
  dataDir: string
  dev: boolean
}): ChildPlan[] {
  const { env, layout, secrets, urls, dataDir, dev } = options
  const { ports } = layout
  const shared: Record<string, string | undefined> = {
    ...process.env,
    NODE_ENV: dev ? 'development' : 'production',
    WEFT_DATA_DIR: dataDir,
    HOST: env.HOST,
    PUBLIC_URL: layout.publicUrl,
    DATABASE_OWNER_URL: undefined,
    DATABASE_WORKER_URL: urls.worker,
    DATABASE_URL: urls.web,
    AUTH_SECRET: env.AUTH_SECRET ?? secrets.authSecret,
    WEFT_KEYS: env.WEFT_KEYS ?? secrets.keys,
    INGRESS_PORT: String(ports.ingress),
    INGRESS_URL: env.INGRESS_URL ?? `http://127.0.0.1:${ports.ingress}`,
    ...(layout.sandbox ? sandboxVariables(env, layout, secrets) : {}),
  }
  const roles = (name: ChildPlan['name'], words: string[], healthPort: number): ChildPlan => ({
    name,
    command: [...entry('main', 'workers/main.ts', dev), ...words],
    port: name === 'ingress' ? ports.ingress : healthPort,
    healthUrl: `http://127.0.0.1:${healthPort}/readyz`,
    env: { ...shared, METRICS_PORT: String(healthPort) },
  })
  const children = [
    roles('ingress', ['ingress'], ports.ingressHealth),
    roles('workers', ['workers'], ports.workers),
    roles('web', ['web'], ports.web),
  ]
  if (layout.sandbox) {
    children.unshift({
      name: 'sandbox',
      command: [...entry('sandbox', 'scripts/start/sandbox.ts', dev), join(dataDir, 'sandbox', 'options.json')],
      port: ports.sandbox,
      healthUrl: `http://127.0.0.1:${ports.sandbox}/readyz`,
      env: { ...shared, DATABASE_URL: undefined, DATABASE_WORKER_URL: undefined, WEFT_KEYS: undefined },
    })
  }
  return children
}

function sandboxVariables(env: Env, layout: Layout, secrets: Secrets): Record<string, string> {
  return {
    META_APP_SECRET: env.META_APP_SECRET ?? secrets.metaAppSecret,
    META_VERIFY_TOKEN: env.META_VERIFY_TOKEN ?? secrets.metaVerifyToken,
    META_GRAPH_URL: `http://127.0.0.1:${layout.ports.sandbox}/graph/v25.0`,
    SANDBOX: 'on',
    SANDBOX_URL: `http://127.0.0.1:${layout.ports.sandbox}`,
  }
}

/** In development sources run directly; `--import tsx` rather than the tsx command, whose wrapper would orphan the child on kill -9. */
function entry(built: string, source: string, dev: boolean): string[] {
  return dev
    ? ['--import', 'tsx', join(import.meta.dirname, '../..', source)]
    : ['--enable-source-maps', join(import.meta.dirname, `${built}.js`)]
}
