import { expect, test } from 'vitest'
import { parseLogNotification, TENANTS_PER_NOTIFICATION } from './notification.ts'

const uuid = '01a1f9e8-4211-7bf9-a6c6-442e8ee7fc9c'

test('the largest payload stays below what PostgreSQL takes', () => {
  const payload = `7:${'9'.repeat(16)};${Array.from({ length: TENANTS_PER_NOTIFICATION }, () => `${uuid}:${'9'.repeat(16)}`).join(',')}`
  expect(Buffer.byteLength(payload)).toBeLessThan(8_000)
})

test('a payload names the shard, its position and the heads of tenants', () => {
  expect(parseLogNotification(`3:120;${uuid}:17,${uuid}:18`)).toEqual({
    shard: 3,
    position: 120,
    heads: [
      { tenantUuid: uuid, sequence: 17 },
      { tenantUuid: uuid, sequence: 18 },
    ],
  })
})

test.each(['', 'hello', '3:120', '9:1;', `3:x;${uuid}:1`, `3:1;${uuid}`, '3:1;short:1'])('%j is not understood', (payload) => {
  expect(parseLogNotification(payload)).toBeUndefined()
})
