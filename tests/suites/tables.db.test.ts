import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TABLES } from '#platform/db/tables.ts'
import { useDatabase } from '#tests/setup/database.ts'

const database = useDatabase()
let owner: pg.Client

beforeAll(async () => {
  owner = new pg.Client({ connectionString: database.urls.superuser })
  await owner.connect()
})
afterAll(() => owner.end())

const all = async <Row extends object>(sql: string, values: unknown[] = []) => (await owner.query<Row>(sql, values)).rows
const named = (names: string[], of: (name: string) => boolean) => names.filter(of).sort()
const tenantTables = Object.keys(TABLES).filter((name) => TABLES[name]?.class === 'tenant')
const MIGRATIONS = 'public._prisma_migrations'

/** Tables of the schemas we use, apart from partitions, which are their parent's. */
const TABLE = `pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`

test('every table stands in the list, and the list names no table that is gone', async () => {
  const rows = await all<{ name: string }>(`select n.nspname || '.' || c.relname as name from ${TABLE}`)
  expect(
    rows
      .map((row) => row.name)
      .filter((name) => name !== MIGRATIONS)
      .sort(),
  ).toEqual(Object.keys(TABLES).sort())
})

describe('tenant tables', () => {
  test('stand behind forced row-level security', async () => {
    const rows = await all<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from ${TABLE} and c.relrowsecurity and c.relforcerowsecurity`,
    )
    const walled = new Set(rows.map((row) => row.name))
    expect(tenantTables.filter((name) => !walled.has(name))).toEqual([])
  })

  test('have exactly two policies, one for each application role, that raise without their setting', async () => {
    const rows = await all<{ name: string; policies: string[] }>(
      `select schemaname || '.' || tablename as name,
         array_agg(concat_ws(' | ', policyname, permissive, roles::text, cmd, qual, with_check) order by policyname) as policies
       from pg_policies group by 1`,
    )
    const policies = new Map(rows.map((row) => [row.name, row.policies]))
    const one = `(tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting))`
    const listed = `(tenant_id = ANY (( SELECT (current_setting('app.tenant_ids'::text))::uuid[] AS current_setting)::uuid[]))`
    const expected = [
      // `is true` keeps the list of tenants out of every index scan; the query's own tenant finds the rows.
      `listed_tenants | PERMISSIVE | {weft_worker} | ALL | (${listed} IS TRUE) | ${listed}`,
      `one_tenant | PERMISSIVE | {weft_web} | ALL | ${one} | ${one}`,
    ]
    for (const name of tenantTables) expect(policies.get(name), name).toEqual(expected)
  })

  test('lead every key and every index with tenant_id', async () => {
    const rows = await all<{ name: string; index: string; first: string; is_primary: boolean }>(
      `select n.nspname || '.' || t.relname as name, i.relname as index, pg_get_indexdef(x.indexrelid, 1, true) as first, x.indisprimary as is_primary
       from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
       where not t.relispartition`,
    )
    const ofTenants = rows.filter((row) => tenantTables.includes(row.name))
    expect(ofTenants.filter((row) => row.first !== 'tenant_id')).toEqual([])
    expect(new Set(ofTenants.filter((row) => row.is_primary).map((row) => row.name))).toEqual(new Set(tenantTables))
  })

  test('index nothing that row-level security would keep from its index', async () => {
    const rows = await all<{ name: string; column: string; type: string }>(
      `select n.nspname || '.' || t.relname as name, a.attname as column, a.atttypid::regtype::text as type
       from pg_index x join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
       join pg_attribute a on a.attrelid = x.indexrelid where not t.relispartition`,
    )
    const safe = ['uuid', 'text', 'integer', 'smallint', 'bigint', 'boolean', 'double precision', 'date', 'timestamp with time zone']
    expect(rows.filter((row) => tenantTables.includes(row.name) && !safe.includes(row.type))).toEqual([])
  })

  test('that are partitioned are covered by eight walled partitions nobody can name', async () => {
    const rows = await all<{ parent: string; schema: string; bounds: string; walled: boolean; open: boolean }>(
      `select pn.nspname || '.' || p.relname as parent, n.nspname as schema, pg_get_expr(c.relpartbound, c.oid) as bounds,
         c.relrowsecurity and c.relforcerowsecurity as walled,
         has_table_privilege('weft_web', c.oid, 'select, insert, update, delete') or has_table_privilege('weft_worker', c.oid, 'select, insert, update, delete') as open
       from pg_inherits h join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_class p on p.oid = h.inhparent join pg_namespace pn on pn.oid = p.relnamespace where p.relkind = 'p' and c.relkind = 'r'`,
    )
    const parents = Object.keys(TABLES).filter((name) => TABLES[name]?.isPartitioned)
    expect(new Set(rows.map((row) => row.parent))).toEqual(new Set(parents))
    for (const parent of parents) {
      const parts = rows.filter((row) => row.parent === parent)
      const covering = Array.from({ length: 8 }, (_, remainder) => `FOR VALUES WITH (modulus 8, remainder ${remainder})`)
      expect(parts.map((part) => part.bounds).sort(), parent).toEqual(covering)
      expect(
        parts.filter((part) => part.schema !== 'weft_partitions' || !part.walled || part.open),
        parent,
      ).toEqual([])
    }
  })
})

describe('between the classes', () => {
  test('there is no foreign key, none to a partitioned table, and in tenant tables each carries tenant_id', async () => {
    const rows = await all<{ from: string; to: string; columns: string[]; targets: string[] }>(
      `select fn.nspname || '.' || f.relname as from, tn.nspname || '.' || t.relname as to,
         (select array_agg(a.attname::text order by k.n) from unnest(x.conkey) with ordinality k(c, n) join pg_attribute a on a.attrelid = x.conrelid and a.attnum = k.c) as columns,
         (select array_agg(a.attname::text order by k.n) from unnest(x.confkey) with ordinality k(c, n) join pg_attribute a on a.attrelid = x.confrelid and a.attnum = k.c) as targets
       from pg_constraint x join pg_class f on f.oid = x.conrelid join pg_namespace fn on fn.oid = f.relnamespace
       join pg_class t on t.oid = x.confrelid join pg_namespace tn on tn.oid = t.relnamespace
       where x.contype = 'f' and not f.relispartition`,
    )
    expect(rows.filter((row) => TABLES[row.from]?.class !== TABLES[row.to]?.class)).toEqual([])
    expect(rows.filter((row) => TABLES[row.to]?.isPartitioned)).toEqual([])
    const ofTenants = rows.filter((row) => TABLES[row.from]?.class === 'tenant')
    expect(ofTenants.filter((row) => row.columns[0] !== 'tenant_id' || row.targets[0] !== 'tenant_id')).toEqual([])
    expect(ofTenants.length).toBeGreaterThan(10)
  })

  test('a web process may do with each table what the list says, and no more', async () => {
    const rows = await all<{ name: string; may: string[] }>(
      `select n.nspname || '.' || c.relname as name,
         array(select p from unnest(array['select', 'insert', 'update', 'delete']) p where has_table_privilege('weft_web', c.oid, p)) as may
       from ${TABLE}`,
    )
    const may = new Map(rows.map((row) => [row.name, row.may]))
    for (const [name, entry] of Object.entries(TABLES)) expect(may.get(name), name).toEqual([...entry.web])
    expect(may.get(MIGRATIONS)).toEqual([])
  })

  test('what a web process may read of a single column holds nothing of a tenant', async () => {
    const rows = await all<{ name: string; columns: string[] }>(
      `select n.nspname || '.' || c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relkind in ('r', 'p') and n.nspname in ('public', 'bus') and not has_table_privilege('weft_web', c.oid, 'select')
         and has_column_privilege('weft_web', c.oid, a.attnum, 'select')
       group by 1`,
    )
    expect(rows).toEqual([{ name: 'bus.log_shards', columns: ['shard', 'position'] }])
  })

  test('whatever a web process may touch and names a tenant, apart from the directory, is walled for it', async () => {
    const rows = await all<{ name: string }>(
      `select distinct n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
       where c.relkind in ('r', 'p') and not c.relispartition and has_table_privilege('weft_web', c.oid, 'select, insert, update, delete')
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (
           select from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname and p.roles = '{weft_web}' and p.qual like '%app.tenant_id%'))`,
    )
    expect(
      named(
        rows.map((row) => row.name),
        (name) => TABLES[name]?.class !== 'directory',
      ),
    ).toEqual([])
  })
})

describe('column types', () => {
  test('are those we know, and times are timestamptz(3)', async () => {
    const rows = await all<{ name: string; column: string; type: string }>(
      `select n.nspname || '.' || c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'bus')`,
    )
    const known = [
      'uuid',
      'text',
      'integer',
      'smallint',
      'bigint',
      'boolean',
      'double precision',
      'date',
      'timestamp(3) with time zone',
      'jsonb',
      'bytea',
    ]
    const isStrict = (name: string) => TABLES[name] !== undefined && TABLES[name]?.class !== 'platform'
    expect(rows.filter((row) => isStrict(row.name) && !known.includes(row.type))).toEqual([])
    const platform = [...known, 'timestamp with time zone']
    expect(rows.filter((row) => TABLES[row.name] !== undefined && !platform.includes(row.type))).toEqual([])
  })

  test('include no enum, whose comparison row-level security would keep from every index', async () => {
    expect(await all(`select typname from pg_type where typtype = 'e'`)).toEqual([])
  })
})

describe('the application roles', () => {
  const roles = ['weft_web', 'weft_worker', 'weft_directory', 'weft_tenant', 'weft_platform']

  test('have no power over the walls', async () => {
    const rows = await all<{ rolname: string }>(
      `select rolname from pg_roles where rolname = any ($1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
      [roles],
    )
    expect(rows).toEqual([])
  })

  test('own nothing and belong to nobody stronger', async () => {
    expect(await all('select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any ($1)', [roles])).toEqual(
      [],
    )
    const memberships = await all<{ role: string; of: string }>(
      `select m.rolname as role, g.rolname as of from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
       where m.rolname = any ($1) and not g.rolname = any ($1)`,
      [roles],
    )
    expect(memberships).toEqual([])
  })

  test('can’t pass the wall through a function that runs as its owner', async () => {
    const rows = await all(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prosecdef and n.nspname not like 'pg\\_%'`,
    )
    expect(rows).toEqual([])
  })

  test('can’t make tables or schemas', async () => {
    const rows = await all<{ may: boolean }>(
      `select bool_or(has_schema_privilege(r, n.nspname, 'create')) or bool_or(has_database_privilege(r, current_database(), 'create')) as may
       from unnest($1::text[]) r cross join pg_namespace n where n.nspname in ('public', 'bus', 'weft_partitions')`,
      [roles],
    )
    expect(rows).toEqual([{ may: false }])
  })
})
