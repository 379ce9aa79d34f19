import { addChannelAccount } from '#modules/channels/index.ts'
import { addMember, createTenant, createUser } from '#modules/members/index.ts'
import { ANY_PERMISSION, abilityOf } from '#platform/authority.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { Database } from '#platform/db/database.ts'
import type { Id } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import { insertConversations } from '#tests/builders/conversations.ts'
import { insertExtras } from './extras.ts'
import { demoFiles } from './files.ts'
import { type DemoStory, demoStories } from './stories.ts'
import { DEMO_TENANTS, type DemoNumber, type DemoTenant } from './tenants.ts'

export interface SeedContext {
  /** As `weft_worker`. */
  database: Database
  clock: Clock
  keys: KeyRing
  blobs: BlobStore
}

export interface Seeded {
  logins: { email: string; password: string; name: string; tenant: string; role: string }[]
  numbers: DemoNumber[]
  /** A few of the customers, for the sandbox's phone to know. */
  customers: { name: string; waId: string; lastMessages: { phoneNumberId: string; at: string }[] }[]
}

/**
 * Fills an empty database with two lively workspaces: people, numbers, several hundred conversations in three languages, as
 * they would stand after days of work. Safe to call again: a workspace that exists is left alone.
 * @param password of every demo login
 * @param accessToken what the simulated Graph API accepts
 */
export async function seedDemo(context: SeedContext, options: { password: string; accessToken: string }): Promise<Seeded> {
  const seeded: Seeded = { logins: [], numbers: [], customers: [] }
  for (const tenant of DEMO_TENANTS) {
    const exists = await context.database.prisma.tenant.findUnique({ where: { slug: tenant.slug } })
    if (!exists) seeded.customers.push(...(await seedTenant(context, tenant, options)))
    seeded.logins.push(
      ...tenant.people.map(({ email, name, role }) => ({ email, password: options.password, name, tenant: tenant.name, role })),
    )
    seeded.numbers.push(...tenant.numbers.map((number) => ({ ...number, accessToken: options.accessToken })))
  }
  return seeded
}

async function seedTenant(
  context: SeedContext,
  tenant: DemoTenant,
  options: { password: string; accessToken: string },
): Promise<Seeded['customers']> {
  const { scope, memberIds } = await seedPeople(context, tenant, options.password)
  const accountIds: Id<'channelAccount'>[] = []
  for (const number of tenant.numbers) {
    const added = await addChannelAccount(scope, context.keys, {
      channel: 'whatsapp',
      name: number.name,
      address: number.phoneNumberId,
      displayAddress: number.displayNumber,
      businessId: number.wabaId,
      credentials: { accessToken: options.accessToken },
    })
    if (!added.ok) throw new Error(`${number.displayNumber} is connected already`)
    accountIds.push(added.value.channelAccountId)
  }
  const stories = demoStories({
    languages: tenant.languages,
    count: tenant.conversations,
    offset: tenant.offset,
    now: context.clock.now(),
    authors: memberIds,
  })
  await seedConversations(context, scope, stories, accountIds, memberIds)
  return stories.slice(0, 4).map(({ name, phone }, at) => ({
    name,
    waId: phone,
    lastMessages: [
      { phoneNumberId: tenant.numbers[at % tenant.numbers.length]?.phoneNumberId ?? '', at: context.clock.now().toISOString() },
    ],
  }))
}

async function seedPeople(
  { database, clock }: SeedContext,
  tenant: DemoTenant,
  password: string,
): Promise<{ scope: Scope; memberIds: Id<'member'>[] }> {
  const people: { userId: string; name: string; email: string; role: string }[] = []
  for (const { name, email, role } of tenant.people)
    people.push({ userId: await userOf(database, { name, email, password, locale: tenant.locale }), name, email, role })
  const [admin, ...others] = [...people].sort((a, b) => a.role.localeCompare(b.role))
  if (!admin) throw new Error('a demo workspace needs an admin')
  const created = await createTenant(database, clock, {
    name: tenant.name,
    slug: tenant.slug,
    locale: tenant.locale,
    timeZone: tenant.timeZone,
    admin,
  })
  if (!created.ok) throw new Error(`the workspace ${tenant.slug} appeared meanwhile`)
  const { tenantId, memberId } = created.value
  const memberIds = [memberId]
  for (const person of others) {
    const added = await addMember(database, clock, { tenantId, user: person, roleKeys: [person.role] })
    if (added.ok) memberIds.push(added.value.memberId)
  }
  const ability = abilityOf([{ permission: ANY_PERMISSION, reach: 'all' }], memberId)
  return { scope: scopeOf({ database, tenantId, actor: { kind: 'system', name: 'seed' }, ability, clock }), memberIds }
}

async function userOf(database: Database, person: { name: string; email: string; password: string; locale: string }): Promise<string> {
  const created = await createUser(database, person)
  if (created.ok) return created.value.userId
  const known = await database.prisma.user.findUnique({ where: { email: person.email } })
  if (!known) throw new Error(`${person.email} could not be made`)
  return known.id
}

async function seedConversations(
  context: SeedContext,
  scope: Scope,
  stories: readonly DemoStory[],
  accountIds: readonly Id<'channelAccount'>[],
  memberIds: readonly Id<'member'>[],
): Promise<void> {
  const files = await demoFiles()
  const first = accountIds[0]
  if (!first) throw new Error('a demo workspace needs a number')
  const specs = stories.map((story) => ({
    channelAccountId: accountIds[story.rank % accountIds.length] ?? first,
    contact: { name: story.name, phone: story.phone },
    status: story.isResolved ? ('resolved' as const) : ('open' as const),
    assigneeId: assigneeOf(story, memberIds),
    messages: story.messages,
  }))
  await scope.transaction(async (tx) => {
    const built = await insertConversations(tx, scope.tenantId, specs)
    await insertExtras(tx, scope.tenantId, context.blobs, files, stories, built)
  })
}

/** Every third waits in the queue; the others belong to somebody, the same way every time. */
function assigneeOf(story: DemoStory, memberIds: readonly Id<'member'>[]): Id<'member'> | null {
  if (!story.isResolved && story.rank % 3 === 0) return null
  return memberIds[story.rank % memberIds.length] ?? null
}
