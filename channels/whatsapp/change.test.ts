import { expect, test } from 'vitest'
import { type Change, each, unsupported } from './change.ts'

const change: Change = { account: { channel: 'whatsapp', address: '1' }, field: 'messages', value: {}, time: undefined }

test('a bug that one item wakes costs that item and no other', () => {
  const events = each(change, [{ id: 'a' }, { id: 'b' }, { id: 'c' }], (item) => {
    if (item.id === 'b') throw new Error('a bug of ours')
    return unsupported(change, String(item.id))
  })
  expect(events.map((event) => event.type === 'unsupported' && event.reason)).toEqual(['a', 'parsing failed: a bug of ours', 'c'])
})
