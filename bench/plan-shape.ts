import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { RecordedStatement } from '#tests/builders/recording.ts'
import type { BuiltTenant } from './population.ts'

interface PlanNode {
  'Node Type': string
  'Index Name'?: string
  'Relation Name'?: string
  Plans?: PlanNode[]
}

/** How PostgreSQL would run a statement as the application role: its nodes from top to bottom, with the index or table each reads. */
export async function planShape(database: Database, tenant: BuiltTenant, statement: RecordedStatement): Promise<string> {
  const rows = await database.tenantRead(tenant.tenantId, systemClock, (tx) =>
    tx.sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${statement.text}`, statement.values),
  )
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  if (!plan) throw new Error('no plan')
  return shapeOf(plan)
}

/** What a plan reads, each once. */
export function indexesIn(shape: string): string[] {
  return [...new Set([...shape.matchAll(/(?:Index Scan|Index Only Scan|Seq Scan) (\w+)/g)].map(([, name = '']) => name))]
}

function shapeOf(node: PlanNode): string {
  const reads = node['Index Name'] ?? node['Relation Name']
  const inside = (node.Plans ?? []).map(shapeOf).join(', ')
  return `${node['Node Type']}${reads ? ` ${reads}` : ''}${inside ? ` (${inside})` : ''}`
}
