import type { Database } from '#platform/db/database.ts'
import type { Sql } from '#platform/db/sql.ts'

export interface RecordedStatement {
  role: Database['role']
  text: string
  values: readonly unknown[]
  /** Set for prepared statements, which PostgreSQL may plan once for all values. */
  name: string | undefined
  /** The tenants the transaction was for; none for directory and platform tables. */
  tenantIds: readonly string[]
}

/** The same database, remembering every statement written by hand that runs in one of its transactions. */
export function recordingDatabase(database: Database): { database: Database; statements: RecordedStatement[] } {
  const statements: RecordedStatement[] = []
  const recorded = (sql: Sql, tenantIds: readonly string[]): Sql => {
    return (text, values = [], name) => {
      statements.push({ role: database.role, text, values, name, tenantIds })
      return sql(text, values, name)
    }
  }
  const recording: Database = {
    ...database,
    tenantTransaction: (tenantId, clock, work) =>
      database.tenantTransaction(tenantId, clock, (tx) => work({ ...tx, sql: recorded(tx.sql, [tenantId]) })),
    tenantRead: (tenantId, clock, work) => database.tenantRead(tenantId, clock, (tx) => work({ ...tx, sql: recorded(tx.sql, [tenantId]) })),
    platformTransaction: (clock, work) => database.platformTransaction(clock, (tx) => work({ ...tx, sql: recorded(tx.sql, []) })),
    batchTransaction: (tenantIds, clock, work) =>
      database.batchTransaction(tenantIds, clock, (tx) => work({ ...tx, sql: recorded(tx.sql, tenantIds) })),
  }
  return { database: recording, statements }
}
