import type { Viewer } from './load/watch.ts'
import { AGENT_PASSWORD, agentEmailOf } from './names.ts'
import type { BuiltTenant } from './population.ts'

/**
 * Signs agents in, as a browser does, and opens a screen for each of `count` tenants (again from the first when there are
 * fewer): a session and the workspace it shows.
 */
export async function signInViewers(url: string, tenants: readonly BuiltTenant[], count: number): Promise<Viewer[]> {
  const sessions = new Map<number, string>()
  const viewers: Viewer[] = []
  for (let at = 0; at < count; at++) {
    const number = at % tenants.length
    const tenant = tenants[number]
    if (!tenant) throw new Error('no tenants')
    const session = sessions.get(tenant.agent) ?? (await signIn(url, tenant.agent))
    sessions.set(tenant.agent, session)
    viewers.push({ cookie: `${session}; weft_tenant=${tenant.tenantId}`, tenant: number })
  }
  return viewers
}

async function signIn(url: string, agent: number): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: agentEmailOf(agent), password: AGENT_PASSWORD }),
  })
  if (!response.ok) throw new Error(`${agentEmailOf(agent)} could not sign in: ${response.status} ${(await response.text()).slice(0, 200)}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ')
}
