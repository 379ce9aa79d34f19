import { beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { attachIdentities, type IdentityClaim, type NamedPerson, recordPreferences } from './index.ts'

const database = useDatabase()
let neighbour: BuiltTenant
let tenant: BuiltTenant
beforeAll(async () => {
  neighbour = await aTenant(database.web)
})
beforeEach(async () => {
  tenant = await aTenant(database.web)
})

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, second))
const number = (digits: string): IdentityClaim[] => [
  { kind: 'wa_id', scope: 'tenant', value: digits, attested: true },
  { kind: 'phone', scope: 'tenant', value: `+${digits}`, attested: true, username: digits },
]
const bsuid = (value: string): IdentityClaim => ({ kind: 'bsuid', scope: 'portfolio', value, attested: true })
const person = (second: number, ...claims: IdentityClaim[]): NamedPerson => ({ tenantId: tenant.tenantId, claims, at: at(second) })
const attach = (...people: NamedPerson[]) =>
  database.worker.batchTransaction([tenant.tenantId, neighbour.tenantId], systemClock, (tx) => attachIdentities(tx, people))
const contacts = (of = tenant) =>
  of.scope.transaction((tx) => tx.prisma.contact.findMany({ include: { identities: true }, orderBy: { createdAt: 'asc' } }))

test('a person is found again, with their name and what to send to', async () => {
  const first = await attach({ ...person(1, ...number('62811')), name: 'Sari' })
  const again = await attach({ ...person(2, ...number('62811')), name: 'Sari the Second' })
  expect(first.people).toMatchObject([{ hasNews: true }])
  expect(again.people).toEqual(first.people.map((attached) => ({ ...attached, hasNews: false })))
  const [contact] = await contacts()
  expect(contact).toMatchObject({
    name: 'Sari',
    identities: expect.arrayContaining([expect.objectContaining({ kind: 'phone', username: '62811' })]),
  })
})

test('first messages of one person at once give one contact', async () => {
  const everybody = await Promise.all(
    Array.from({ length: 20 }, (_, n) => attach(person(n, ...(n % 3 === 0 ? [bsuid('ID.1')] : []), ...number('62811')))),
  )
  expect(new Set(everybody.flatMap(({ people }) => people.map(({ contactId }) => contactId))).size).toBe(1)
  expect(await contacts()).toHaveLength(1)
})

test('halves that meet are joined by a pointer, which later events follow', async () => {
  const byNumber = await attach({ ...person(1, ...number('62811')), name: 'Sari' })
  const byId = await attach(person(2, bsuid('ID.1')))
  const [older, younger] = [byNumber.people[0]?.contactId, byId.people[0]?.contactId]
  const met = await attach(person(3, bsuid('ID.1'), ...number('62811')))
  expect(met.merges).toEqual([{ tenantId: tenant.tenantId, fromId: younger, intoId: older }])
  expect((await attach(person(4, bsuid('ID.1')))).people[0]?.contactId).toBe(older)
  const rows = await contacts()
  expect(rows.map((row) => [row.mergedIntoId, row.identities.length])).toEqual([
    [null, 2],
    [toUuid(older ?? ''), 1],
  ])
})

test('a recycled number passes to its present owner, and the change is told', async () => {
  await attach(person(1, bsuid('ID.1'), ...number('62811')))
  const { moved, people } = await attach(person(5, bsuid('ID.2'), ...number('62811')))
  expect(moved).toHaveLength(2)
  expect(people[0]?.identityIds).toHaveLength(3)
  expect((await attach(person(6, ...number('62811')))).people).toMatchObject([{ contactId: people[0]?.contactId }])
  const suggestions = await tenant.scope.transaction((tx) => tx.prisma.mergeSuggestion.findMany())
  expect(suggestions).toMatchObject([{ reason: 'shared_number', status: 'open' }])
  await attach(person(2, bsuid('ID.1'), ...number('62811')))
  expect((await attach(person(7, ...number('62811')))).people[0]?.contactId).toBe(people[0]?.contactId)
})

test('two tenants sharing a customer stay apart', async () => {
  const ours = person(1, ...number('62811'))
  const { people } = await attach(ours, { ...ours, tenantId: neighbour.tenantId })
  expect(people[0]?.contactId).not.toBe(people[1]?.contactId)
  expect(await contacts(tenant)).toHaveLength(1)
  expect(await contacts(neighbour)).toHaveLength(1)
})

test('the number of queries does not grow with people or tenants', async () => {
  const tenants = [tenant, neighbour, ...(await Promise.all(Array.from({ length: 8 }, () => aTenant(database.web))))]
  const count = async (people: NamedPerson[], ids: Id<'tenant'>[]) => {
    let queries = 0
    await database.worker.batchTransaction(ids, systemClock, (tx) => {
      const sql: typeof tx.sql = (...call) => {
        queries++
        return tx.sql(...call)
      }
      return attachIdentities({ ...tx, sql }, people)
    })
    return queries
  }
  const one = [{ ...person(1, ...number('62811')), name: 'Sari' }]
  const many = tenants.flatMap(({ tenantId }) =>
    Array.from({ length: 30 }, (_, n) => ({ ...person(1, ...number(`62812${n}`)), tenantId, name: `Customer ${n}` })),
  )
  const ids = tenants.map(({ tenantId }) => tenantId)
  const [first, firstMany] = [await count(one, [tenant.tenantId]), await count(many, ids)]
  const [known, knownMany] = [await count(one, [tenant.tenantId]), await count(many, ids)]
  expect([first, known]).toEqual([firstMany, knownMany])
  expect(known).toBe(2)
})

test('the newest word on marketing wins, in any order, and survives a merge', async () => {
  await attach(person(1, ...number('62811')))
  const byId = (await attach(person(2, bsuid('ID.1')))).people[0]?.contactId ?? newId('contact')
  const word = (contactId: Id<'contact'>, value: string, second: number) => ({
    ...{ tenantId: tenant.tenantId, contactId, channel: 'whatsapp', category: 'marketing', source: 'provider' },
    value,
    at: at(second),
  })
  const record = (...words: ReturnType<typeof word>[]) =>
    database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => recordPreferences(tx, words))
  await record(word(byId, 'stop', 20), word(byId, 'resume', 10))
  await record(word(byId, 'resume', 15))
  const { merges } = await attach(person(3, bsuid('ID.1'), ...number('62811')))
  const kept = await tenant.scope.transaction((tx) =>
    tx.prisma.contactPreference.findMany({ where: { contactId: toUuid(merges[0]?.intoId ?? '') } }),
  )
  expect(kept).toMatchObject([{ value: 'stop', changedAt: at(20) }])
})
