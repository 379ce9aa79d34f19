import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { monotonicMs, pause } from '#platform/clock.ts'
import { freePorts } from '#scripts/start/lock.ts'
import { type SandboxClient, sandboxClient } from './testing/client.ts'
import { type Receiver, startReceiver } from './testing/receiver.ts'
import { APP_SECRET, SHOP, VERIFY_TOKEN } from './testing/use-sandbox.ts'

/** The sandbox as the supervisor starts it, killed with -9 in the middle of things. */
const directory = mkdtempSync(join(tmpdir(), 'sandbox-'))
let receiver: Receiver
let client: SandboxClient
let child: ChildProcess

beforeAll(async () => {
  receiver = await startReceiver(APP_SECRET, VERIFY_TOKEN)
  const [port = 0] = await freePorts(1)
  const options = {
    port,
    dataDir: join(directory, 'data'),
    webhookUrl: receiver.url,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    logLevel: 'silent',
    numbers: [SHOP],
    receipts: { sentMs: 10, deliveredMs: 20, readMs: 30 },
    webhooks: { firstGapMs: 10, maxGapMs: 50 },
  }
  writeFileSync(join(directory, 'options.json'), JSON.stringify(options))
  client = sandboxClient(`http://127.0.0.1:${port}`)
  await start()
}, 60_000)

afterAll(async () => {
  await kill()
  await receiver.close()
  rmSync(directory, { recursive: true })
})

async function start(): Promise<void> {
  child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start/sandbox.ts', join(directory, 'options.json')], { stdio: 'inherit' })
  const deadline = monotonicMs() + 50_000
  while (!(await fetch(`${client.url}/readyz`).catch(() => undefined))?.ok) {
    if (monotonicMs() > deadline) throw new Error('the sandbox did not start')
    await pause(50)
  }
}

async function kill(): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test('what was there before kill -9 is there afterwards, and what was under way goes on', async () => {
  const picture = Buffer.from('a picture of a parcel').toString('base64')
  await client.say(
    SHOP.phoneNumberId,
    { waId: '+15550102030', name: 'Maya' },
    { type: 'image', media: { base64: picture, mimeType: 'image/jpeg' } },
  )
  await receiver.until(() => receiver.messages().length === 1, 'the picture')
  receiver.answer = () => 503
  const unheard = await client.say(SHOP.phoneNumberId, { waId: '+15550102030' }, 'Nobody hears me yet')
  await client.behave({ effect: { kind: 'receipts', hold: true } })
  const { body } = await client.graph(`${SHOP.phoneNumberId}/messages`, {
    token: SHOP.accessToken,
    body: { messaging_product: 'whatsapp', to: '+15550102030', type: 'text', text: { body: 'Hello' }, biz_opaque_callback_data: 'atm_1' },
  })
  const sent = (body?.messages as { id: string }[] | undefined)?.[0]?.id
  const before = await client.state()
  const journal = await client.readJournal()

  await kill()
  receiver.answer = () => 200
  await start()

  await receiver.until(() => receiver.messages().some((message) => message.id === unheard), 'the message nobody heard')
  await receiver.until(() => receiver.statuses().filter((status) => status.id === sent).length === 3, 'the receipts that were held')
  expect(receiver.statuses().every((status) => status.biz_opaque_callback_data === 'atm_1')).toBe(true)
  expect(await client.state()).toMatchObject({ numbers: before.numbers, customers: before.customers, messages: before.messages })
  expect((await client.readJournal()).slice(0, journal.length)).toEqual(journal)
  const image = receiver.messages()[0]?.image as { id: string } | undefined
  const { body: query } = await client.graph(image?.id ?? '', { token: SHOP.accessToken })
  const download = await fetch(String(query?.url), { headers: { authorization: `Bearer ${SHOP.accessToken}` } })
  expect(Buffer.from(await download.arrayBuffer()).toString('base64')).toBe(picture)
}, 120_000)
