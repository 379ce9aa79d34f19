import { addChannelAccount } from '#modules/channels/index.ts'
import { hashPassword } from '#modules/members/index.ts'
import { ANY_PERMISSION, abilityOf } from '#platform/authority.ts'
import { systemClock } from '#platform/clock.ts'
import { parseKeyRing } from '#platform/crypto.ts'
import type { Database } from '#platform/db/database.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'
import { scopeOf } from '#platform/scope.ts'
import type { Secrets } from '#scripts/start/secrets.ts'
import type { Witness } from './witness.ts'

export interface BuiltNumber {
  tenant: number
  phoneNumberId: string
  wabaId: string
  displayNumber: string
}

/** A customer of one tenant, known by a phone number and by a business-scoped user id. */
export interface Person {
  n: number
  tenant: number
  name: string
  waId: string
  userId: string
}

export interface BuiltTenant {
  n: number
  tenantId: Id<'tenant'>
  numbers: BuiltNumber[]
  people: Person[]
  agentEmail: string
}

export interface BuiltPopulation {
  tenants: BuiltTenant[]
  numbers: BuiltNumber[]
  people: Person[]
  agentPassword: string
}

const AGENTS = 5
const PASSWORD = 'faults-password'
const emailOf = (tenant: number) => `agent-${tenant % AGENTS}@faults.example`

/**
 * Companies, their numbers, a few agents who work for several of them, and people who have not written yet. A constant number of
 * statements for all companies; numbers are connected as an admin connects them.
 */
export async function populate(
  deps: { witness: Witness; database: Database; secrets: Secrets },
  wanted: { tenants: number; people: number },
): Promise<BuiltPopulation> {
  const ids = await writeCompanies(deps.witness, wanted.tenants)
  const numbersEach = wanted.tenants > 10 ? 1 : 2
  const peopleEach = Math.ceil(wanted.people / wanted.tenants)
  const tenants = ids.map((tenantId, n): BuiltTenant => {
    const numbers = Array.from({ length: numbersEach }, (_, nth) => numberOf(n, n * numbersEach + nth))
    const people = Array.from({ length: peopleEach }, (_, nth) => personOf(n, n * peopleEach + nth))
    return { n, tenantId, numbers, people, agentEmail: emailOf(n) }
  })
  const keys = parseKeyRing(deps.secrets.keys)
  const connect = async ({ tenantId, numbers }: BuiltTenant) => {
    const ability = abilityOf([{ permission: ANY_PERMISSION, reach: 'all' }], newId('member'))
    const scope = scopeOf({ database: deps.database, tenantId, clock: systemClock, actor: { kind: 'system', name: 'faults' }, ability })
    for (const { phoneNumberId, wabaId, displayNumber } of numbers) {
      const added = await addChannelAccount(scope, keys, {
        channel: 'whatsapp',
        name: 'Faults',
        address: phoneNumberId,
        displayAddress: displayNumber,
        businessId: wabaId,
        credentials: { accessToken: deps.secrets.graphToken },
      })
      if (!added.ok) throw new Error(added.code)
    }
  }
  for (let at = 0; at < tenants.length; at += 4) await Promise.all(tenants.slice(at, at + 4).map(connect))
  return {
    tenants,
    numbers: tenants.flatMap(({ numbers }) => numbers),
    people: tenants.flatMap(({ people }) => people),
    agentPassword: PASSWORD,
  }
}

/** Both numbers of a company belong to one business account, so a person's user id is the same towards both. */
const numberOf = (tenant: number, n: number): BuiltNumber => ({
  tenant,
  phoneNumberId: String(100_000_000_000 + n),
  wabaId: String(200_000_000_000 + tenant),
  displayNumber: `+${15_550_000_000 + n}`,
})

const personOf = (tenant: number, n: number): Person => ({
  n,
  tenant,
  name: `Customer ${n}`,
  waId: String(6_281_200_000_000 + n),
  userId: `ID.1${String(n).padStart(19, '0')}`,
})

async function writeCompanies(witness: Witness, count: number): Promise<Id<'tenant'>[]> {
  const password = await hashPassword(PASSWORD)
  const tenantIds = Array.from({ length: count }, () => newId('tenant'))
  const members = tenantIds.map(() => toUuid(newId('member')))
  const users = Array.from({ length: Math.min(AGENTS, count) }, () => newId('user'))
  const companies = `unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality as c(tenant_id, member_id, user_id, email, n)`
  const values = [tenantIds.map(toUuid), members, tenantIds.map((_, n) => users[n % AGENTS]), tenantIds.map((_, n) => emailOf(n))]
  await witness.rows(
    `insert into users (id, name, email, email_verified) select u, 'Agent', e, true from unnest($1::text[], $2::text[]) as u(u, e)`,
    [users, users.map((_, n) => emailOf(n))],
  )
  await witness.rows(
    `insert into accounts (id, account_id, provider_id, user_id, password)
     select a, u, 'credential', u, $3 from unnest($1::text[], $2::text[]) as u(a, u)`,
    [users.map(() => newId('account')), users, password],
  )
  for (const sql of [
    `insert into tenants (id, slug, name) select tenant_id, 'faults-' || n, 'Company ' || n from ${companies}`,
    `insert into tenant_settings (tenant_id) select tenant_id from ${companies}`,
    `insert into members (tenant_id, id, user_id, name, email) select tenant_id, member_id, user_id, 'Agent', email from ${companies}`,
    `insert into roles (tenant_id, id, key, name, level, grants)
     select tenant_id, member_id, 'admin', 'Admin', 9, '[{"permission":"*","reach":"all"}]' from ${companies}`,
    `insert into member_roles (tenant_id, member_id, role_id) select tenant_id, member_id, member_id from ${companies}`,
    `insert into memberships (user_id, tenant_id, member_id) select user_id, tenant_id, member_id from ${companies}`,
  ]) {
    await witness.rows(sql, values)
  }
  return values[0]?.map((uuid) => fromUuid('tenant', String(uuid))) ?? []
}
