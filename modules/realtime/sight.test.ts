import { expect, test } from 'vitest'
import { abilityOf } from '#platform/authority.ts'
import { newId } from '#platform/ids.ts'
import { sightOf } from './sight.ts'

const me = newId('member')
const [mine, others, unassigned] = [{ assigneeId: me }, { assigneeId: newId('member') }, { assigneeId: null }]
const abilities = {
  all: abilityOf([{ permission: 'conversations.view', reach: 'all' }], me),
  own: abilityOf([{ permission: 'conversations.view', reach: 'own' }], me),
  none: abilityOf([{ permission: 'messages.send', reach: 'all' }], me),
}

test.each([
  ['all', others, null, 'visible'],
  ['all', null, others, 'removed'],
  ['all', undefined, null, 'visible'],
  ['own', mine, null, 'visible'],
  ['own', mine, others, 'visible'],
  ['own', others, mine, 'removed'],
  ['own', unassigned, mine, 'removed'],
  ['own', others, unassigned, 'hidden'],
  ['own', others, null, 'hidden'],
  ['own', null, mine, 'removed'],
  ['own', undefined, mine, 'unknown'],
  ['none', unassigned, unassigned, 'hidden'],
  ['none', undefined, null, 'hidden'],
] as const)('who sees %s: now %j, before %j → %s', (reach, reachNow, reachBefore, expected) => {
  expect(sightOf(abilities[reach], { reachNow, reachBefore })).toBe(expected)
})
