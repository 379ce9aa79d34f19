import { expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import { webhookUrl } from './webhook-url.ts'

test('the shared app has one address, a tenant with its own app another', () => {
  const id = newId('channelAccount')
  expect(webhookUrl('https://inbox.example.com/', 'whatsapp')).toBe('https://inbox.example.com/webhooks/whatsapp')
  expect(webhookUrl('https://inbox.example.com', 'whatsapp', id)).toBe(`https://inbox.example.com/webhooks/whatsapp/${id}`)
})
