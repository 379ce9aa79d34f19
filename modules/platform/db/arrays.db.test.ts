import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId, toUuid } from '#platform/ids.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { flags, jsons, numbers, texts, times, uuids } from './arrays.ts'

const database = useDatabase()
const back = async (type: string, literal: string) =>
  (
    await database.worker.pool.query<{ value: unknown }>(
      `select v as value from unnest($1::${type}[]) with ordinality as u(v, n) order by n`,
      [literal],
    )
  ).rows.map((row) => row.value)

test('any text comes back as it was: quotes, braces, backslashes, NULL and nothing at all', async () => {
  const anyText = fc.oneof(
    fc.constantFrom('', 'NULL', 'null', '{a,b}', '"', '\\', '\\"', ' x ', '\n', ',', "'"),
    fc.string({ unit: 'binary' }),
  )
  const anyList = fc.array(fc.option(anyText.map((text) => text.replaceAll('\0', ''))), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(anyList, async (list) => {
      expect(await back('text', texts(list))).toEqual(list)
    }),
    { numRuns: 200 },
  )
})

test('ids with their prefix and uuids as rows have them are the same to the database', async () => {
  const id = newId('message')
  expect(await back('uuid', uuids([id, null, toUuid(id)]))).toEqual([toUuid(id), null, toUuid(id)])
  expect(await back('uuid', uuids([]))).toEqual([])
  for (const wrong of [
    `msg_${'0'.repeat(31)}}`,
    'msg_1,2',
    '',
    `${id},${id}`,
    `msg_${'0'.repeat(32)},`,
    'NULL,',
    `msg_${'g'.repeat(32)}`,
    `msg_${'0'.repeat(15)},${'0'.repeat(16)}`,
  ]) {
    expect(() => uuids([wrong])).toThrow(/not (an|all) ids?/)
  }
})

test('times, numbers, flags and JSON come back as they were', async () => {
  const at = new Date('2026-11-20T09:00:00.123Z')
  expect(await back('timestamptz', times([at, null]))).toEqual([at, null])
  expect(await back('int', numbers([1, null, -2]))).toEqual([1, null, -2])
  expect(await back('float8', numbers([0.5, 1e21]))).toEqual([0.5, 1e21])
  expect(await back('bool', flags([true, false]))).toEqual([true, false])
  const value = { text: 'a "quoted" \\ thing', list: [1, null] }
  expect((await back('text', jsons([value, null]))).map((text) => (text === null ? null : JSON.parse(String(text))))).toEqual([value, null])
})
