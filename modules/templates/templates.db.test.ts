import { beforeEach, expect, test } from 'vitest'
import type { ProviderTemplate } from '#channels/connector.ts'
import { heldClock } from '#platform/clock.ts'
import { emit } from '#platform/events.ts'
import { type Id, newId } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { outboxOf } from '#tests/builders/events.ts'
import { aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { listTemplates, syncTemplates } from './index.ts'

const database = useDatabase()
const listed = (name: string, rest: Partial<ProviderTemplate> = {}): ProviderTemplate => ({
  externalId: `5940${name}`,
  name,
  language: 'en_US',
  category: 'UTILITY',
  status: 'APPROVED',
  parameterFormat: 'positional',
  components: [{ type: 'BODY', text: `${name} {{1}}` }],
  ...rest,
})

let tenant: BuiltTenant
let channelAccountId: Id<'channelAccount'>
const clock = heldClock(new Date('2026-11-20T10:00:00Z'))

beforeEach(async () => {
  tenant = await aTenant(database.web, { clock })
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
})

const sync = async (templates: ProviderTemplate[]) => {
  clock.advance(1_000)
  const { tenantId } = tenant
  await database.worker.batchTransaction([tenantId], clock, async (tx) =>
    emit(tx, await syncTemplates(tx, { tenantId, channelAccountId }, templates)),
  )
}
const names = async () => {
  const found = await listTemplates(tenant.scope, { channelAccountId })
  return found.ok ? found.value.map((template) => [template.name, template.blockedBy]) : found.code
}
const announced = async () =>
  (await outboxOf(database, tenant.tenantId, channelAccountId)).flatMap(({ type, payload }) =>
    type === 'templates.changed' ? [(payload.templateIds as string[]).length] : [],
  )

test('the provider’s list becomes ours, those that can be sent first', async () => {
  await sync([listed('zebra'), listed('apple', { status: 'PENDING' }), listed('mango')])
  expect(await names()).toEqual([
    ['mango', null],
    ['zebra', null],
    ['apple', 'not_approved'],
  ])
  expect(await announced()).toEqual([3])
})

test('reading the same list again changes and announces nothing', async () => {
  await sync([listed('zebra'), listed('zebra', { language: 'id' })])
  await sync([listed('zebra'), listed('zebra', { language: 'id' })])
  expect(await announced()).toEqual([2])
})

test('only what differs is announced; what is gone is listed no more', async () => {
  await sync([listed('zebra'), listed('mango'), listed('apple')])
  await sync([listed('zebra', { status: 'PAUSED' }), listed('mango')])
  expect(await announced()).toEqual([3, 2])
  expect(await names()).toEqual([
    ['mango', null],
    ['zebra', 'not_approved'],
  ])
  await sync([listed('zebra'), listed('mango'), listed('apple')])
  expect(await announced()).toEqual([3, 2, 2])
})

test('a neighbour’s channel account is not there', async () => {
  await sync([listed('zebra')])
  const neighbour = await aTenant(database.web)
  expect(await listTemplates(neighbour.scope, { channelAccountId })).toEqual({ ok: false, code: 'not_found' })
  expect(await listTemplates(tenant.scope, { channelAccountId: newId('channelAccount') })).toEqual({ ok: false, code: 'not_found' })
})
