import type pg from 'pg'
import { toUuid } from '#platform/ids.ts'
import type { RecordedStatement } from '#tests/builders/recording.ts'

/** What a plan does that a hot query must not. */
export interface PlanProblem {
  problem: string
  statement: string
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Plan Rows'?: number
  'Sort Key'?: string[]
  Plans?: PlanNode[]
}

/** Reading or sorting more rows than a page or a batch could ask for means that an index does not lead to them, or not in order. */
const ROWS = 5_000

/**
 * Plans a statement as the application role it ran as, behind the same wall and with its own values; a prepared one also for any
 * values, because PostgreSQL may keep such a plan.
 * @param big tables, and partitions of tables, that must never be read from end to end
 */
export async function planProblems(client: pg.Client, statement: RecordedStatement, big: ReadonlySet<string>): Promise<PlanProblem[]> {
  const plans = [await planOf(client, statement, 'explain (format json)')]
  if (statement.name !== undefined) plans.push(await planOf(client, statement, 'explain (generic_plan, format json)'))
  return plans.flatMap((plan) => problemsOf(plan, big, false)).map((problem) => ({ problem, statement: statement.text }))
}

/** Which indexes a statement's plan reads. */
export async function indexesOf(client: pg.Client, statement: RecordedStatement): Promise<string[]> {
  const plan = await planOf(client, statement, 'explain (format json)')
  return nodesOf(plan).flatMap((node) => node['Index Name'] ?? [])
}

async function planOf(client: pg.Client, statement: RecordedStatement, explain: string): Promise<PlanNode> {
  await client.query('begin')
  try {
    const ids = statement.tenantIds.map(toUuid)
    if (ids.length === 0) {
      // Directory and platform tables know no tenant.
    } else if (statement.role === 'weft_web') await client.query("select set_config('app.tenant_id', $1, true)", ids)
    else await client.query("select set_config('app.tenant_ids', $1, true)", [`{${ids.join(',')}}`])
    const isGeneric = explain.includes('generic_plan')
    // A generic plan takes no values, so it can't travel by the protocol that binds them.
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      isGeneric ? `${explain} ${statement.text}` : { text: `${explain} ${statement.text}`, values: [...statement.values] },
    )
    const plan = rows[0]?.['QUERY PLAN'][0].Plan
    if (!plan) throw new Error('no plan')
    return plan
  } finally {
    await client.query('rollback')
  }
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** @param isLimited something above stops asking after a page, and nothing in between wants all rows first */
function problemsOf(node: PlanNode, big: ReadonlySet<string>, isLimited: boolean): string[] {
  const [type, table, rows] = [node['Node Type'], node['Relation Name'], node['Plan Rows'] ?? 0]
  const problems: string[] = []
  if (table !== undefined && big.has(table)) {
    if (type === 'Seq Scan') problems.push(`reads all of ${table}`)
    else if (rows > ROWS && !isLimited) problems.push(`reads ${rows} rows of ${table}`)
  }
  if (type === 'Sort' && rows > ROWS) problems.push(`sorts ${rows} rows by ${node['Sort Key']?.join(', ')}`)
  const below = type === 'Limit' || (isLimited && !WANTS_ALL.has(type))
  return [...problems, ...(node.Plans ?? []).flatMap((child) => problemsOf(child, big, below))]
}

const WANTS_ALL = new Set(['Sort', 'Hash', 'Aggregate', 'Materialize', 'Bitmap Heap Scan', 'Bitmap Index Scan'])
