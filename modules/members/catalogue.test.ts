import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ANY_PERMISSION, type Permission } from '#platform/authority.ts'
import { permissionCatalogue } from './catalogue.ts'
import { DEFAULT_ROLES } from './default-roles.ts'

const keys = permissionCatalogue.map((permission: Permission) => permission.key)

test('every permission is declared once, with a name and a sentence', () => {
  expect(new Set(keys).size).toBe(keys.length)
  for (const { key, name, sentence } of permissionCatalogue) {
    expect(key).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
    expect(name.length).toBeGreaterThan(3)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
  }
})

test('no module’s permissions are forgotten', () => {
  const declared = readdirSync('modules')
    .map((name) => `modules/${name}/permissions.ts`)
    .filter((path) => existsSync(path))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/key: '([^']+)'/g)].map((match) => match[1]))
  expect(new Set(keys)).toEqual(new Set(declared))
})

test('the default roles grant only what there is', () => {
  const granted = DEFAULT_ROLES.flatMap((role) => role.grants.map((grant) => grant.permission))
  expect(granted.filter((permission) => permission !== ANY_PERMISSION && !keys.includes(permission))).toEqual([])
})
