import { expect, test } from 'vitest'
import { providerTimeOf } from './provider-time.ts'

const receivedAt = new Date('2026-11-20T09:00:05.750Z')
test.each<[string, string | null, string]>([
  ["the provider's own time stands", '2026-11-20T08:59:58.000Z', '2026-11-20T08:59:58.000Z'],
  ['a late message keeps its time', '2026-11-13T00:00:00.000Z', '2026-11-13T00:00:00.000Z'],
  ['without one it is the time of arrival, as coarse as the provider counts', null, '2026-11-20T09:00:05.000Z'],
  ['one that makes no sense counts as none', 'yesterday', '2026-11-20T09:00:05.000Z'],
  ['a future time is the time of arrival', '2027-01-01T00:00:00.000Z', '2026-11-20T09:00:05.000Z'],
  ['a finer time than the channel promises is cut', '2026-11-20T09:00:01.999Z', '2026-11-20T09:00:01.000Z'],
])('%s', (_name, told, at) => {
  expect(providerTimeOf(told, receivedAt, 1_000).toISOString()).toBe(at)
})
