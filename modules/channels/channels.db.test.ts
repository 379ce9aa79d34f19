import { beforeAll, describe, expect, test } from 'vitest'
import type { AccountChanged, TemplateChanged } from '#channels/connector.ts'
import { heldClock, systemClock } from '#platform/clock.ts'
import { SealBroken } from '#platform/crypto.ts'
import { openDatabase } from '#platform/db/database.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount, testKeys } from '#tests/builders/channels.ts'
import { aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import {
  addChannelAccount,
  addressDirectory,
  applyAccountChanges,
  applyTemplateChanges,
  listChannelAccounts,
  loadCredentials,
  loadReceivingAccounts,
  noteInbound,
  replaceCredentials,
  resolveAddresses,
  setChannelAccountStatus,
} from './index.ts'

const database = useDatabase()
let tenant: BuiltTenant
let neighbour: BuiltTenant
beforeAll(async () => {
  tenant = await aTenant(database.web)
  neighbour = await aTenant(database.web)
})

const address = (phoneNumberId: string, given: { businessId?: string; displayAddress?: string } = {}) => ({
  channel: 'whatsapp' as const,
  address: phoneNumberId,
  ...given,
})
const resolve = (queries: Parameters<typeof resolveAddresses>[1]) =>
  database.worker.platformTransaction(systemClock, (tx) => resolveAddresses(tx, queries))

describe('connecting an account', () => {
  test('its credentials are sealed for its row, and come back in the clear', async () => {
    const account = await aChannelAccount(tenant.scope, { credentials: { accessToken: 'EAAG-secret' } })
    const owner = { tenantId: tenant.tenantId, channelAccountId: account.channelAccountId }
    const stored = await tenant.scope.transaction((tx) =>
      tx.prisma.channelCredential.findFirstOrThrow({ where: { channelAccountId: toUuid(owner.channelAccountId) } }),
    )
    expect(Buffer.from(stored.sealed).toString('latin1')).not.toContain('EAAG-secret')

    const opened = await tenant.scope.transaction((tx) => loadCredentials(tx, testKeys, [owner]))
    expect(opened.get(account.channelAccountId)).toEqual({ accessToken: 'EAAG-secret' })

    const other = await aChannelAccount(tenant.scope)
    await tenant.scope.transaction((tx) =>
      tx.prisma.channelCredential.updateMany({
        where: { channelAccountId: toUuid(other.channelAccountId) },
        data: { sealed: stored.sealed },
      }),
    )
    const copied = tenant.scope.transaction((tx) => loadCredentials(tx, testKeys, [{ ...owner, channelAccountId: other.channelAccountId }]))
    await expect(copied).rejects.toThrow(SealBroken)
  })

  test('a number connected elsewhere is refused, and nothing half-made stays behind', async () => {
    const account = await aChannelAccount(neighbour.scope)
    const before = await listChannelAccounts(tenant.scope)
    const input = { channel: 'whatsapp' as const, name: 'Ours', address: account.address, credentials: {} }
    expect(await addChannelAccount(tenant.scope, testKeys, input)).toEqual({ ok: false, code: 'already_exists' })
    expect(await addChannelAccount(neighbour.scope, testKeys, input)).toEqual({ ok: false, code: 'already_exists' })
    expect(await listChannelAccounts(tenant.scope)).toEqual(before)
  })

  test('two workspaces that connect one number at once: one of them gets it', async () => {
    const input = { channel: 'whatsapp' as const, name: 'Ours', address: '77001', credentials: {} }
    const both = await Promise.all([tenant, neighbour].map(({ scope }) => addChannelAccount(scope, testKeys, input)))
    expect(both.map((result) => result.ok).sort()).toEqual([false, true])
  })

  test('the list shows only the own accounts, without secrets', async () => {
    const mine = await aTenant(database.web)
    const { channelAccountId } = await aChannelAccount(mine.scope, { name: 'Sales', ownApp: { appSecret: 'shh', verifyToken: 'v' } })
    const list = await listChannelAccounts(mine.scope)
    expect(list).toMatchObject([{ id: channelAccountId, name: 'Sales', status: 'active', circuit: 'closed' }])
    expect(JSON.stringify(list)).not.toContain('shh')
  })
})

describe('whose an address is', () => {
  test('known by its number, or by its business when the update names only that', async () => {
    const one = await aChannelAccount(tenant.scope, { businessId: 'waba-1', displayAddress: '+62 811-1' })
    const two = await aChannelAccount(tenant.scope, { businessId: 'waba-1', displayAddress: '+62 811-2' })
    const answers = await resolve([
      { account: address(one.address), viaAccountId: null },
      { account: address('nobody'), viaAccountId: null },
      { account: address('', { businessId: 'waba-1' }), viaAccountId: null },
      { account: address('', { businessId: 'waba-1', displayAddress: '628112' }), viaAccountId: null },
    ])
    const ids = answers.map((owners) => owners.map((owner) => owner.channelAccountId).sort())
    const both = [one.channelAccountId, two.channelAccountId].sort()
    expect(ids).toEqual([[one.channelAccountId], [], both, [two.channelAccountId]])
  })

  test("a tenant's own webhook address speaks of that tenant's accounts only", async () => {
    const mine = await aChannelAccount(tenant.scope)
    const theirs = await aChannelAccount(neighbour.scope)
    const answers = await resolve([
      { account: address(mine.address), viaAccountId: mine.channelAccountId },
      { account: address(theirs.address), viaAccountId: mine.channelAccountId },
      { account: address(mine.address), viaAccountId: newId('channelAccount') },
    ])
    expect(answers.map((owners) => owners.length)).toEqual([1, 0, 0])
  })

  test('inside the writing transaction an account that changed hands is missing', async () => {
    const account = await aChannelAccount(tenant.scope, { portfolioId: 'portfolio-9' })
    const owner = { tenantId: tenant.tenantId, channelAccountId: account.channelAccountId }
    const load = () => database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => loadReceivingAccounts(tx, [owner]))
    expect([...(await load()).values()]).toEqual([{ ...owner, channel: 'whatsapp', portfolio: 'portfolio-9', lastInboundAt: null }])
    await database.worker.pool.query('update channel_addresses set tenant_id = $1 where address = $2', [
      toUuid(neighbour.tenantId),
      account.address,
    ])
    expect((await load()).size).toBe(0)
  })
})

describe('the directory in memory', () => {
  test('answers from the database, then without it', async () => {
    const account = await aChannelAccount(tenant.scope, { ownApp: { appSecret: 'app', verifyToken: 'verify' } })
    const shared = await aChannelAccount(tenant.scope)
    const clock = heldClock(new Date())
    const own = await openDatabase({ url: database.urls.worker, role: 'weft_worker', poolSize: 1 })
    const errors: unknown[] = []
    const directory = addressDirectory({ database: own, keys: testKeys, clock, onError: (error) => errors.push(error) })
    const ask = async () => [
      await directory.isConnected({ account: address(account.address), viaAccountId: null }),
      await directory.ownApp('whatsapp', account.channelAccountId),
    ]
    const known = ['yes', { kind: 'known', value: { appSecret: 'app', verifyToken: 'verify' } }]
    expect(await ask()).toEqual(known)
    expect(await directory.isConnected({ account: address('nobody'), viaAccountId: null })).toBe('no')
    expect(await directory.ownApp('whatsapp', shared.channelAccountId)).toEqual({ kind: 'unknown' })
    expect(await directory.ownApp('whatsapp', '../../etc/passwd')).toEqual({ kind: 'unknown' })

    await own.close()
    clock.advance(3_600_000)
    expect(await ask()).toEqual(known)
    expect(await directory.isConnected({ account: address('somebody'), viaAccountId: null })).toBe('unsure')
    expect(errors.length).toBeGreaterThan(0)
  })
})

describe('the state of an account', () => {
  test('switching off and on is seen in the list', async () => {
    const { channelAccountId } = await aChannelAccount(tenant.scope)
    expect(await setChannelAccountStatus(tenant.scope, { channelAccountId, status: 'disabled' })).toEqual({ ok: true, value: true })
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'disabled', version: 2 })
    await setChannelAccountStatus(tenant.scope, { channelAccountId, status: 'active' })
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'active' })
    expect(await setChannelAccountStatus(neighbour.scope, { channelAccountId, status: 'disabled' })).toEqual({
      ok: false,
      code: 'not_found',
    })
  })

  test('new credentials bring an account in error back', async () => {
    const { channelAccountId } = await aChannelAccount(tenant.scope)
    await apply(channelAccountId, news('account_update', 'critical', 'The token was withdrawn', 1))
    await replaceCredentials(tenant.scope, testKeys, { channelAccountId, credentials: { accessToken: 'new' } })
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'active', statusReason: null })
    const owner = { tenantId: tenant.tenantId, channelAccountId }
    const opened = await tenant.scope.transaction((tx) => loadCredentials(tx, testKeys, [owner]))
    expect(opened.get(channelAccountId)).toEqual({ accessToken: 'new' })
    const foreign = await replaceCredentials(neighbour.scope, testKeys, { channelAccountId, credentials: {} })
    expect(foreign).toEqual({ ok: false, code: 'not_found' })
  })

  const ban = news('account_update', 'critical', 'Banned', 10)
  const lifted = news('account_update', 'info', 'Reinstated', 20)
  const quality = news('phone_number_quality_update', 'warning', 'Quality is low', 15)
  test.each([
    ['in order', [ban, quality, lifted]],
    ['late and twice', [lifted, ban, quality, ban]],
    ['backwards', [lifted, quality, ban]],
  ])('the newest word on each field wins, %s', async (_name, words) => {
    const { channelAccountId } = await aChannelAccount(tenant.scope)
    for (const word of words) await apply(channelAccountId, word)
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'active', statusReason: 'Quality is low' })
  })

  test('a ban stops the account, but what a person switched off stays off', async () => {
    const { channelAccountId } = await aChannelAccount(tenant.scope)
    await apply(channelAccountId, ban)
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'error', statusReason: 'Banned' })
    await setChannelAccountStatus(tenant.scope, { channelAccountId, status: 'disabled' })
    expect(await apply(channelAccountId, lifted)).toHaveLength(1)
    expect(await accountView(channelAccountId)).toMatchObject({ status: 'disabled' })
  })

  test('"last heard of" is exact to a minute, and never waits for another transaction', async () => {
    const account = await aChannelAccount(tenant.scope)
    const owner = { tenantId: tenant.tenantId, channelAccountId: account.channelAccountId }
    const clock = heldClock(new Date('2026-11-20T09:00:00Z'))
    const note = () =>
      database.worker.batchTransaction([tenant.tenantId], clock, async (tx) =>
        noteInbound(tx, [...(await loadReceivingAccounts(tx, [owner])).values()]),
      )
    const noted = async () => (await accountView(account.channelAccountId))?.lastInboundAt
    await note()
    clock.advance(30_000)
    await note()
    expect(await noted()).toBe('2026-11-20T09:00:00.000Z')
    clock.advance(30_000)
    await database.worker.batchTransaction([tenant.tenantId], clock, async (tx) => {
      await tx.sql('select from channel_accounts where tenant_id = $1 and id = $2 for update', [
        toUuid(tenant.tenantId),
        toUuid(account.channelAccountId),
      ])
      await note()
    })
    expect(await noted()).toBe('2026-11-20T09:00:00.000Z')
    await note()
    expect(await noted()).toBe('2026-11-20T09:01:00.000Z')
  })
})

describe('templates', () => {
  test('the newest word on each template is kept, and words older than the last synchronisation are not', async () => {
    const { channelAccountId } = await aChannelAccount(tenant.scope)
    const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, second))
    const template = {
      tenantId: toUuid(tenant.tenantId),
      channelAccountId: toUuid(channelAccountId),
      category: 'UTILITY',
      components: [],
      language: 'en',
      status: 'PENDING',
    }
    const rows = [
      { ...template, id: toUuid(newId('template')), externalId: 't1', name: 'one', syncedAt: at(5) },
      { ...template, id: toUuid(newId('template')), externalId: 't2', name: 'two', syncedAt: at(50) },
    ]
    await tenant.scope.transaction((tx) => tx.prisma.template.createMany({ data: rows }))
    const word = (templateExternalId: string, second: number, given: Partial<TemplateChanged>) => {
      const event: TemplateChanged = { type: 'template', account: address(''), providerTime: null, templateExternalId, ...given }
      return { tenantId: tenant.tenantId, channelAccountId, event, at: at(second) }
    }
    const words = [
      word('t1', 30, { status: 'APPROVED' }),
      word('t1', 20, { status: 'REJECTED', reason: 'INVALID_FORMAT', quality: 'RED' }),
      word('t1', 25, { category: 'MARKETING' }),
      word('t2', 40, { status: 'DISABLED' }),
      word('t3', 40, { status: 'APPROVED' }),
    ]
    const events = await database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => applyTemplateChanges(tx, words))
    const kept = await tenant.scope.transaction((tx) =>
      tx.prisma.template.findMany({ where: { channelAccountId: toUuid(channelAccountId) }, orderBy: { name: 'asc' } }),
    )
    expect(kept).toMatchObject([
      { name: 'one', status: 'APPROVED', category: 'MARKETING', quality: 'RED', reason: null, version: 2 },
      { name: 'two', status: 'PENDING', version: 1 },
    ])
    expect(events.map((event) => event.type)).toEqual(['templates.changed'])
  })
})

function news(field: string, severity: AccountChanged['severity'], summary: string, second: number) {
  const event: AccountChanged = { type: 'account', account: address(''), providerTime: null, field, severity, summary }
  return { event, at: new Date(Date.UTC(2026, 10, 20, 9, 0, second)) }
}

function apply(channelAccountId: Id<'channelAccount'>, word: ReturnType<typeof news>) {
  return database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) =>
    applyAccountChanges(tx, [{ tenantId: tenant.tenantId, channelAccountId, ...word }]),
  )
}

async function accountView(id: Id<'channelAccount'>) {
  return (await listChannelAccounts(tenant.scope)).find((view) => view.id === id)
}
