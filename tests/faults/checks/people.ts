import { type Evidence, shownId } from '../evidence.ts'
import { Finding } from '../findings.ts'
import { grouped } from '../grouped.ts'

/** One person, whatever they were called and wherever they wrote: one contact, one open conversation, with all their words. */
export async function checkPeople({ witness, population, customers }: Evidence): Promise<Finding> {
  const finding = new Finding('I7', 'one contact, one conversation')
  const contacts = await witness.rows<{ id: string; merged_into_id: string | null }>('select id, merged_into_id from contacts')
  const pointers = new Map(contacts.map(({ id, merged_into_id }) => [id, merged_into_id]))
  const rootOf = (id: string): string => {
    const next = pointers.get(id)
    return next ? rootOf(next) : id
  }
  const identities = await witness.rows<{ tenant_id: string; value: string; contact_id: string }>(
    'select tenant_id, value, contact_id from contact_identities',
  )
  const rootsOf = new Map<string, Set<string>>()
  for (const { tenant_id, value, contact_id } of identities) {
    const key = `${shownId('ten', tenant_id)} ${value}`
    rootsOf.set(key, (rootsOf.get(key) ?? new Set()).add(rootOf(contact_id)))
  }
  const open = await witness.rows<{ id: string; contact_id: string }>("select id, contact_id from conversations where status <> 'resolved'")
  const openOf = grouped(open, ({ contact_id }) => rootOf(contact_id))
  const homes = await homesOf(witness)
  const tokensOf = grouped(customers.written.values(), ({ person }) => person.n)
  for (const person of population.people) {
    const tokens = tokensOf.get(person.n) ?? []
    if (tokens.length === 0) continue
    const tenantId = population.tenants[person.tenant]?.tenantId
    const roots = new Set(
      [person.waId, `+${person.waId}`, person.userId].flatMap((value) => [...(rootsOf.get(`${tenantId} ${value}`) ?? [])]),
    )
    finding.check(roots.size === 1, () => `${person.waId} of ${tenantId} is ${roots.size} contacts: ${[...roots].join(', ')}`)
    const conversations = [...roots].flatMap((root) => openOf.get(root) ?? [])
    finding.check(conversations.length === 1, () => `${person.waId} of ${tenantId} has ${conversations.length} open conversations`)
    const strayed = tokens.filter(({ token }) => homes.get(token) !== conversations[0]?.id)
    finding.check(
      strayed.length === 0,
      () =>
        `messages of ${person.waId} are elsewhere: ${strayed
          .slice(0, 5)
          .map(({ wamid }) => wamid)
          .join(', ')}`,
    )
  }
  return finding
}

/** The conversation that shows each inbound message, by its text. */
async function homesOf(witness: Evidence['witness']): Promise<Map<string, string>> {
  const rows = await witness.rows<{ body: string; home: string }>(
    `select m.body, coalesce(c.merged_into_id, c.id) as home
     from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id where m.direction = 'inbound'`,
  )
  return new Map(rows.map(({ body, home }) => [body, home]))
}
