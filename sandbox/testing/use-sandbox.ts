import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Sandbox, startSandbox } from '../main.ts'
import type { NumberInput, SandboxOptions } from '../options.ts'
import { type SandboxClient, sandboxClient } from './client.ts'
import { type Receiver, startReceiver } from './receiver.ts'

export const APP_SECRET = 'app-secret-of-the-tests'
export const VERIFY_TOKEN = 'verify-token-of-the-tests'

/** A number every test may send from; no limits unless a test wants some. */
export const SHOP: NumberInput = {
  phoneNumberId: '106540352242922',
  wabaId: '102290129340398',
  displayNumber: '+1 555-078-3881',
  accessToken: 'token-of-the-shop',
  name: 'Lucky Shrub',
  messagesPerSecond: null,
  pairLimit: null,
}

export interface SandboxUnderTest {
  sandbox: Sandbox
  client: SandboxClient
  receiver: Receiver
  /** Sends as the shop and answers what Graph said. */
  send(message: Record<string, unknown>, token?: string): ReturnType<SandboxClient['graph']>
}

/** A sandbox and a receiver of this test file's own, forgotten before each test. */
export function useSandbox(options: Partial<SandboxOptions> = {}): SandboxUnderTest {
  const under = {} as SandboxUnderTest
  beforeAll(async () => {
    under.receiver = await startReceiver(APP_SECRET, VERIFY_TOKEN)
    under.sandbox = await startSandbox({
      webhookUrl: under.receiver.url,
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      logLevel: 'silent',
      receipts: { sentMs: 1, deliveredMs: 2, readMs: 3 },
      webhooks: { firstGapMs: 1, maxGapMs: 20 },
      templateReviewMs: null,
      ...options,
    })
    under.client = sandboxClient(under.sandbox.url)
    under.send = (message, token = SHOP.accessToken) =>
      under.client.graph(`${SHOP.phoneNumberId}/messages`, { token, body: { messaging_product: 'whatsapp', ...message } })
  })
  beforeEach(async () => {
    await under.client.reset()
    await under.client.registerNumber(SHOP)
    under.receiver.webhooks.length = 0
    under.receiver.answer = () => 200
  })
  afterAll(async () => {
    await under.sandbox.stop()
    await under.receiver.close()
  })
  return under
}

/** The code and the details of a refusal. */
export function refusalOf(answer: { body: Record<string, unknown> | undefined }): { code?: number; details?: string; message?: string } {
  const error = answer.body?.error as { code?: number; message?: string; error_data?: { details?: string } } | undefined
  return { code: error?.code, details: error?.error_data?.details, message: error?.message }
}
