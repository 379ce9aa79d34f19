import { describe, expect, test, vi } from 'vitest'
import { recordReceipts } from '#modules/deliveries/index.ts'
import { monotonicMs, systemClock } from '#platform/clock.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery } from '#tests/builders/outbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { useSenders } from '#tests/setup/senders.ts'

// Real time passes here, and a busy machine makes it longer.
vi.setConfig({ testTimeout: 90_000 })
const database = useDatabase()
const at = useSenders(database)

describe('a message out', () => {
  test('reaches the provider once, as written, to the person of its line', async () => {
    const line = await aLine(database.worker, at.tenant)
    at.aSender()
    const delivery = await aDelivery(database.worker, line, { text: 'Halo!' })
    expect(await at.untilState(delivery, 'sent')).toMatchObject({ errorCode: null })
    expect(at.graph.sent).toMatchObject([
      { from: at.tenant.address, to: `+${line.phone}`, text: 'Halo!', echo: expect.stringMatching(/^atm_/) },
    ])
  })

  test('a hint makes it leave at once, without waiting for the next poll', async () => {
    const line = await aLine(database.worker, at.tenant)
    const sender = at.aSender({ pollMs: 60_000 })
    await at.until(
      () => at.rows('select 1 from bus.sender_leases where tenant_id = $1 and holder is not null'),
      (seen) => seen.length === 1,
    )
    const delivery = await aDelivery(database.worker, line)
    const startedAt = monotonicMs()
    sender.wake(at.tenant.channelAccountId)
    await at.untilState(delivery, 'sent')
    expect(monotonicMs() - startedAt).toBeLessThan(20_000)
  })

  test('messages of one line arrive in their order, however fast they are written', async () => {
    const line = await aLine(database.worker, at.tenant)
    at.graph.treat = () => ({ kind: 'accept', afterMs: Math.random() * 20 })
    at.aSender()
    const words = ['one', 'two', 'three', 'four', 'five', 'six']
    const deliveries: BuiltDelivery[] = []
    for (const text of words) deliveries.push(await aDelivery(database.worker, line, { text }))
    for (const delivery of deliveries) await at.untilState(delivery, 'sent')
    expect(at.graph.sent.map((message) => message.text)).toEqual(words)
  })

  test('a receipt that comes before the answer is kept, and the echo finds its delivery', async () => {
    const line = await aLine(database.worker, at.tenant)
    at.graph.treat = () => ({ kind: 'hang' })
    at.aSender()
    const delivery = await aDelivery(database.worker, line)
    const [message] = await at.until(
      () => at.graph.sent,
      (sent) => sent.length === 1,
    )
    await database.worker.batchTransaction([at.tenant.tenantId], systemClock, (tx) =>
      recordReceipts(tx, [
        {
          ...at.tenant,
          receivedAt: tx.now,
          event: {
            type: 'receipt',
            account: { channel: 'whatsapp', address: at.tenant.address },
            providerTime: tx.now.toISOString(),
            externalId: message?.externalId ?? '',
            status: 'delivered',
            echo: message?.echo,
          },
        },
      ]),
    )
    expect(await at.view(delivery)).toMatchObject({ state: 'delivered' })
    await at.until(
      () => at.rows<{ outcome: string }>('select outcome from attempts where tenant_id = $1'),
      ([attempt]) => attempt?.outcome === 'ambiguous',
    )
    expect(await at.view(delivery)).toMatchObject({ state: 'delivered' })
  })
})

describe('nothing is sent twice', () => {
  test.each([
    ['a timeout', { kind: 'hang' }],
    ['a reset', { kind: 'reset' }],
    ['a bare 500', { kind: 'bare', status: 500 }],
    ['a bare 200', { kind: 'bare', status: 200 }],
  ] as const)('%s leaves it unknown, and nobody sends it again', async (_name, treatment) => {
    const line = await aLine(database.worker, at.tenant)
    at.graph.treat = () => treatment
    at.aSender()
    const delivery = await aDelivery(database.worker, line)
    expect(await at.untilState(delivery, 'unknown')).toMatchObject({ nextTryAt: null })
    await at.rows(`update deliveries set unknown_at = unknown_at - interval '1 hour' where tenant_id = $1`)
    const next = await aDelivery(database.worker, line)
    at.graph.treat = () => ({ kind: 'accept' })
    await at.untilState(next, 'sent')
    expect(at.graph.sent.map((message) => message.echo)).toHaveLength(2)
    expect(await at.view(delivery)).toMatchObject({ state: 'unknown' })
  })

  test('a closed port was surely not reached: it is tried again and leaves once', async () => {
    const line = await aLine(database.worker, at.tenant)
    const url = at.graph.url
    await at.graph.close()
    const port = Number(new URL(url).port)
    at.aSender()
    const delivery = await aDelivery(database.worker, line)
    await at.until(
      () => at.view(delivery),
      (seen) => seen?.nextTryAt !== null && seen?.errorCode === 'not_connected',
    )
    const { createServer } = await import('node:http')
    let arrived = 0
    const late = createServer((request, response) => {
      arrived++
      request.resume().on('end', () => response.end(JSON.stringify({ messages: [{ id: 'wamid.late' }] })))
    })
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve))
    await at.untilState(delivery, 'sent')
    late.closeAllConnections()
    await new Promise((resolve) => late.close(resolve))
    expect(arrived).toBe(1)
    expect(await at.rows('select outcome from attempts where tenant_id = $1 order by number')).toEqual([
      { outcome: 'refused' },
      { outcome: 'accepted' },
    ])
  })

  test('two senders share the accounts, and each message leaves once', async () => {
    const tenants = [at.tenant, ...(await Promise.all(Array.from({ length: 5 }, () => aSendingTenant(database.web))))]
    const lines = await Promise.all(tenants.flatMap((one) => [aLine(database.worker, one), aLine(database.worker, one)]))
    at.aSender({ leaseMs: 1_000 })
    at.aSender({ leaseMs: 1_000 })
    const counts = () =>
      database.worker.platformTransaction(systemClock, (tx) =>
        tx.sql<{ accounts: number }>(
          'select count(*)::int as accounts from bus.sender_leases where holder is not null group by holder order by 1',
        ),
      )
    await at.until(counts, (seen) => seen.length === 2 && seen.every((one) => one.accounts === 3))
    const deliveries = await Promise.all(lines.flatMap((line) => [aDelivery(database.worker, line), aDelivery(database.worker, line)]))
    for (const delivery of deliveries) await at.untilState(delivery, 'sent')
    expect(at.graph.sent).toHaveLength(deliveries.length)
    expect(new Set(at.graph.sent.map((message) => message.echo)).size).toBe(deliveries.length)
  })

  test('a sender that stops lets its calls end and gives its accounts back at once', async () => {
    const line = await aLine(database.worker, at.tenant)
    at.graph.treat = () => ({ kind: 'accept', afterMs: 300 })
    const first = at.aSender({ leaseMs: 60_000 })
    const delivery = await aDelivery(database.worker, line)
    await at.until(
      () => at.graph.sent,
      (sent) => sent.length === 1,
    )
    await first.stop()
    expect(await at.view(delivery)).toMatchObject({ state: 'sent' })
    at.aSender({ leaseMs: 60_000 })
    await at.untilState(await aDelivery(database.worker, line), 'sent')
  })
})
