import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import { People } from './people.ts'
import type { IdentityClaim, NamedPerson } from './types.ts'

const tenantId = newId('tenant')
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, second))
const claim = (kind: IdentityClaim['kind'], value: string, given: Partial<IdentityClaim> = {}): IdentityClaim => ({
  kind,
  scope: kind === 'bsuid' ? 'portfolio-1' : 'tenant',
  value,
  attested: true,
  ...given,
})
const number = (digits: string) => [claim('wa_id', digits), claim('phone', `+${digits}`)]
const bsuid = (value: string) => claim('bsuid', value)
const person = (second: number, ...claims: IdentityClaim[]): NamedPerson => ({ tenantId, claims, at: at(second) })

/** Settles persons in order and says who they are: the same letter is the same person. */
function whoIsWho(persons: readonly NamedPerson[], people = new People()) {
  const owners = persons.map((each) => people.settle(each))
  const letters = new Map<unknown, string>()
  return owners.map((owner) => {
    const root = people.rootOf(owner)
    if (!letters.has(root)) letters.set(root, String.fromCharCode(65 + letters.size))
    return letters.get(root)
  })
}
const holder = (people: People, wanted: IdentityClaim) => {
  const row = people.find(tenantId, wanted)
  return row && people.rootOf(row.contact)
}

describe('one person', () => {
  test('who wrote by number first and by user id later is the same person', () => {
    expect(whoIsWho([person(1, ...number('62811')), person(2, bsuid('ID.1'), ...number('62811')), person(3, bsuid('ID.1'))])).toEqual([
      'A',
      'A',
      'A',
    ])
  })

  test('two halves that met become one, and the older stays', () => {
    const people = new People()
    const byNumber = people.settle(person(1, ...number('62811')))
    byNumber.state = 'kept'
    const byId = people.settle(person(2, bsuid('ID.1')))
    expect(byNumber).not.toBe(byId)
    people.settle(person(3, bsuid('ID.1'), ...number('62811')))
    expect(people.rootOf(byId)).toBe(byNumber)
    expect(people.suggestions.size).toBe(0)
  })

  test('an old spelling of a number is the same number', () => {
    const old = [claim('wa_id', '551187654321'), claim('phone', '+5511987654321')]
    expect(whoIsWho([person(1, ...number('5511987654321')), person(2, ...old)])).toEqual(['A', 'A'])
  })

  test('first messages in any order and any mix of addresses give one person, once an event names all', () => {
    const all = [bsuid('ID.1'), ...number('62811')]
    const anyEvents = fc.array(fc.subarray(all, { minLength: 1 }), { maxLength: 8 })
    fc.assert(
      fc.property(anyEvents, fc.nat(8), (events, place) => {
        const naming = [...events.slice(0, place), all, ...events.slice(place)]
        const people = new People()
        const owners = naming.map((claims, n) => people.settle(person(n, ...claims)))
        expect(new Set(owners.map((owner) => people.rootOf(owner))).size).toBe(1)
        expect(people.suggestions.size).toBe(0)
      }),
    )
  })

  test('a changed number is stated by the provider: old and new are one person', () => {
    const statement = { ...person(2, bsuid('ID.1'), ...number('62811'), bsuid('ID.2'), ...number('62822')), isStatement: true }
    expect(whoIsWho([person(1, bsuid('ID.1'), ...number('62811')), statement, person(3, bsuid('ID.2'), ...number('62822'))])).toEqual([
      'A',
      'A',
      'A',
    ])
    expect(whoIsWho([person(1, bsuid('ID.1'), ...number('62811')), person(3, bsuid('ID.2'), ...number('62822')), statement])).toEqual([
      'A',
      'A',
      'A',
    ])
  })

  test('a block and a name survive the merging of two halves', () => {
    const people = new People()
    const byNumber = people.settle(person(1, ...number('62811')))
    const byId = people.settle({ ...person(2, bsuid('ID.1')), name: 'Sari' })
    byId.isBlocked = true
    people.settle(person(3, bsuid('ID.1'), ...number('62811')))
    expect(people.rootOf(byNumber)).toMatchObject({ isBlocked: true, name: 'Sari' })
  })
})

describe('two people', () => {
  const before = person(1, bsuid('ID.1'), ...number('62811'))
  const after = person(5, bsuid('ID.2'), ...number('62811'))

  test('a recycled number belongs to its present owner, and the former keeps the history', () => {
    const people = new People()
    expect(whoIsWho([before, after, person(6, ...number('62811')), person(7, bsuid('ID.1'))], people)).toEqual(['A', 'B', 'B', 'A'])
    expect([...people.suggestions.values()].map(({ reason }) => reason)).toEqual(['shared_number'])
  })

  test('in any order, twice or more: the number ends with its latest owner, and two people stay two', () => {
    const events = [before, person(3, bsuid('ID.1'), ...number('62811')), after, person(8, bsuid('ID.2'), ...number('62811'))]
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (shuffled) => {
        const people = new People()
        for (const event of shuffled) people.settle(event)
        const [first, second] = [holder(people, bsuid('ID.1')), holder(people, bsuid('ID.2'))]
        expect(first).not.toBe(second)
        for (const half of number('62811')) expect(holder(people, half)).toBe(second)
        expect(people.suggestions.size).toBe(1)
      }),
    )
  })

  test('a number handed on to somebody who had another one is no reason to join two histories', () => {
    const people = new People()
    const mine = people.settle(person(1, bsuid('ID.1'), ...number('62811')))
    const theirs = people.settle(person(2, ...number('62822')))
    expect(people.settle(person(3, bsuid('ID.1'), ...number('62822')))).toBe(mine)
    expect(people.rootOf(theirs)).toBe(theirs)
    expect(holder(people, claim('phone', '+62822'))).toBe(mine)
    expect(people.suggestions.size).toBe(1)
  })

  test('a stated new number that belonged to a stranger does not bring the stranger along', () => {
    const people = new People()
    const stranger = people.settle(person(1, ...number('62822')))
    const mover = people.settle(person(2, ...number('62811')))
    people.settle({ ...person(3, ...number('62811'), ...number('62822')), isStatement: true })
    expect(people.rootOf(stranger)).not.toBe(people.rootOf(mover))
    expect(holder(people, claim('wa_id', '62822'))).toBe(mover)
  })

  test('user ids of two portfolios name one person, since each portfolio gives out its own', () => {
    const elsewhere = { ...bsuid('XX.9'), scope: 'portfolio-2' }
    expect(whoIsWho([before, person(2, elsewhere, ...number('62811'))])).toEqual(['A', 'A'])
  })

  test('tenants never meet', () => {
    const other = { ...before, tenantId: newId('tenant') }
    expect(whoIsWho([before, other])).toEqual(['A', 'B'])
  })
})

describe('weak signs', () => {
  const typed = claim('email', 'sari@example.com', { attested: false })
  const signed = claim('email', 'sari@example.com')
  const visitor = claim('visitor', 'v1', { scope: 'account-1' })

  test('what nobody vouches for joins nobody, and leaves a suggestion', () => {
    const people = new People()
    expect(whoIsWho([person(1, signed), person(2, visitor, typed)], people)).toEqual(['A', 'B'])
    expect([...people.suggestions.values()]).toMatchObject([{ reason: 'claimed_email', score: 0.3 }])
  })

  test('who is vouched for takes an address from who only claimed it', () => {
    const people = new People()
    expect(whoIsWho([person(1, visitor, typed), person(2, signed), person(3, visitor)], people)).toEqual(['A', 'B', 'A'])
    expect(holder(people, signed)).toBe(people.settle(person(4, signed)))
    expect(people.suggestions.size).toBe(1)
  })

  test('somebody nobody vouches for is still somebody', () => {
    expect(whoIsWho([person(1, typed), person(2, typed)])).toEqual(['A', 'A'])
  })
})
