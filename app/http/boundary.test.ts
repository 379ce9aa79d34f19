import { expect, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { isDatabaseAway, unexpectedResponse } from './boundary.ts'
import { REQUEST_ID_HEADER } from './guard.ts'

const request = new Request('http://localhost/conversations?secret=1', { headers: { [REQUEST_ID_HEADER]: 'request-0001' } })
const answer = async (error: unknown) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', process: 'test', destination: { write: (line) => lines.push(line) } })
  const response = unexpectedResponse(error, request, log)
  return { status: response.status, text: await response.text(), entry: JSON.parse(lines[0] ?? '{}') }
}

test('a bug is logged with the id that the person is given, and says nothing of itself', async () => {
  const { status, text, entry } = await answer(new Error('password of ada is hunter2'))
  expect(status).toBe(500)
  expect(text).toContain('request-0001')
  expect(text).not.toContain('hunter2')
  expect(entry).toMatchObject({ requestId: 'request-0001', path: '/conversations', error: { message: 'password of ada is hunter2' } })
})

test.each([
  ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
  ['a server that shuts down', Object.assign(new Error('x'), { code: '57P01' })],
  ['no connection left', Object.assign(new Error('x'), { code: '53300' })],
  ['a pool that waited too long', new Error('timeout exceeded when trying to connect')],
  ['one deep inside another', new Error('query failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) })],
])('%s is the database being away: try again', async (_name, error) => {
  expect(isDatabaseAway(error)).toBe(true)
  expect(await answer(error)).toMatchObject({ status: 503, text: expect.stringContaining('database_unavailable') })
})

test('a broken constraint is not', () => {
  expect(isDatabaseAway(Object.assign(new Error('x'), { code: '23505' }))).toBe(false)
})
