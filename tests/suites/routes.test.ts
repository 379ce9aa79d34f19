import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { permissionCatalogue } from '#modules/members/index.ts'
import { demandsOf } from './route-demands.ts'

function routeFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return routeFiles(path)
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [path] : []
  })
}

const routes = routeFiles('app/routes').map((path) => ({ path, source: readFileSync(path, 'utf8') }))

describe('every loader and action says first who may call it', () => {
  test('of all routes', () => {
    const silent = routes.flatMap(({ path, source }) =>
      demandsOf(path, source).flatMap((demand) => (demand.says === null ? [`${path} ${demand.name}`] : [])),
    )
    expect(silent).toEqual([])
  })

  test('and asks for permissions that there are', () => {
    const known = new Set(permissionCatalogue.map((permission) => permission.key))
    const unknown = routes.flatMap(({ path, source }) =>
      demandsOf(path, source).flatMap(({ permissions }) => permissions.filter((key) => !known.has(key)).map((key) => `${path} ${key}`)),
    )
    expect(unknown).toEqual([])
  })
})

test('routes ask modules, never the database', () => {
  const asking = routes.flatMap(({ path, source }) =>
    /\.prisma\b|\.sql\(|tenantTransaction|tenantRead|batchTransaction|platformTransaction/.test(source) ? [path] : [],
  )
  expect(asking).toEqual([])
})

describe('the reader of demands', () => {
  const scope = 'const scope = await requireScope(request, context)'
  test.each<[string, string, unknown]>([
    [
      'an ability',
      `export async function action() { ${scope}; requireAbility(scope, 'messages.send'); return 1 }`,
      [{ name: 'action', says: 'ability', permissions: ['messages.send'] }],
    ],
    [
      'any member',
      `export const loader = async () => { ${scope}; anyMember(scope); return 1 }`,
      [{ name: 'loader', says: 'member', permissions: [] }],
    ],
    ['anybody', 'export function loader() { publicRoute(); return 1 }', [{ name: 'loader', says: 'public', permissions: [] }]],
    ['nothing', 'export function loader() { return 1 }', [{ name: 'loader', says: null, permissions: [] }]],
    ['only who, and not what', `export async function loader() { ${scope}; return 1 }`, [{ name: 'loader', says: null, permissions: [] }]],
    [
      'it too late',
      `export async function loader() { await secret(); ${scope}; anyMember(scope) }`,
      [{ name: 'loader', says: null, permissions: [] }],
    ],
    ['it in a comment', 'export function loader() { // publicRoute()\n return 1 }', [{ name: 'loader', says: null, permissions: [] }]],
    ['it elsewhere', "export { loader } from './other.ts'", [{ name: 'loader', says: null, permissions: [] }]],
    ['it by what another made', 'export const action = made()', [{ name: 'action', says: null, permissions: [] }]],
    ['nothing, being no loader', 'export default function Page() { return null }', []],
  ])('sees who says %s', (_name, source, expected) => {
    expect(demandsOf('route.tsx', source)).toEqual(expected)
  })
})
