import { expect, test } from 'vitest'
import { ANY_PERMISSION, abilityOf, canOnConversation, conversationReach, type Grant } from './authority.ts'
import { newId } from './ids.ts'

const me = newId('member')
const another = newId('member')
const mayView = (grants: Grant[], assigneeId: typeof me | null) =>
  canOnConversation(abilityOf(grants, me), 'conversations.view', { assigneeId })

test.each<[string, Grant[], { mine: boolean; unassigned: boolean; others: boolean; reach: string }]>([
  ['no grant', [], { mine: false, unassigned: false, others: false, reach: 'none' }],
  ['own', [{ permission: 'conversations.view', reach: 'own' }], { mine: true, unassigned: false, others: false, reach: 'own' }],
  [
    'a team, while there are none',
    [{ permission: 'conversations.view', reach: 'team' }],
    { mine: true, unassigned: false, others: false, reach: 'own' },
  ],
  ['all', [{ permission: 'conversations.view', reach: 'all' }], { mine: true, unassigned: true, others: true, reach: 'all' }],
  ['another permission', [{ permission: 'messages.send', reach: 'all' }], { mine: false, unassigned: false, others: false, reach: 'none' }],
  ['every permission', [{ permission: ANY_PERMISSION, reach: 'all' }], { mine: true, unassigned: true, others: true, reach: 'all' }],
  [
    'every permission on their own',
    [{ permission: ANY_PERMISSION, reach: 'own' }],
    { mine: true, unassigned: false, others: false, reach: 'own' },
  ],
  [
    'own by one role, all by another',
    [
      { permission: 'conversations.view', reach: 'own' },
      { permission: 'conversations.view', reach: 'all' },
    ],
    { mine: true, unassigned: true, others: true, reach: 'all' },
  ],
])('%s', (_name, grants, expected) => {
  const { reach, ...rows } = expected
  expect({ mine: mayView(grants, me), unassigned: mayView(grants, null), others: mayView(grants, another) }).toEqual(rows)
  expect(conversationReach(abilityOf(grants, me), 'conversations.view')).toBe(reach)
})

test('what may be done to some row may be done at all', () => {
  const ability = abilityOf([{ permission: 'messages.send', reach: 'own' }], me)
  expect(ability.can('messages.send', 'Tenant')).toBe(true)
  expect(ability.can('conversations.assign', 'Tenant')).toBe(false)
})
