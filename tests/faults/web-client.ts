import type { BuiltPopulation, BuiltTenant } from './population.ts'

export interface WebAnswer {
  /** 0 when nothing came back. */
  status: number
  body: { ok?: boolean; code?: string; value?: unknown; detail?: unknown }
}

/** A signed-in agent's browser, as far as a server can tell one. */
export interface WebClient {
  get(tenant: BuiltTenant, path: string): Promise<WebAnswer>
  post(tenant: BuiltTenant, path: string, body?: unknown): Promise<WebAnswer>
  /** Of a request that is kept open, such as live events. */
  headers(tenant: BuiltTenant): Record<string, string>
  /** Requests sent and not answered yet. */
  waiting(): number
}

const PATIENCE_MS = 15_000

/** Signs every agent in once: sessions live in the database, so they outlive any process. */
export async function signIn(webUrl: string, { tenants, agentPassword }: BuiltPopulation): Promise<WebClient> {
  const cookies = new Map<string, string>()
  for (const email of new Set(tenants.map(({ agentEmail }) => agentEmail))) {
    const answer = await fetch(`${webUrl}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: webUrl },
      body: JSON.stringify({ email, password: agentPassword }),
    })
    if (!answer.ok) throw new Error(`${email} could not sign in: ${answer.status} ${await answer.text()}`)
    cookies.set(
      email,
      answer.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
    )
  }
  let waiting = 0
  const headers = ({ agentEmail, tenantId }: BuiltTenant) => ({
    cookie: `${cookies.get(agentEmail)}; weft_tenant=${tenantId}`,
    origin: webUrl,
  })
  const call = async (tenant: BuiltTenant, method: string, path: string, body?: unknown): Promise<WebAnswer> => {
    waiting += 1
    try {
      const answer = await fetch(`${webUrl}${path}`, {
        method,
        headers: { ...headers(tenant), accept: 'application/json', 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
        redirect: 'manual',
      })
      return { status: answer.status, body: (await answer.json().catch(() => ({}))) as WebAnswer['body'] }
    } catch {
      return { status: 0, body: {} }
    } finally {
      waiting -= 1
    }
  }
  return {
    get: (tenant, path) => call(tenant, 'GET', path),
    post: (tenant, path, body = {}) => call(tenant, 'POST', path, body),
    headers,
    waiting: () => waiting,
  }
}
