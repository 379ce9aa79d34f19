import pg from 'pg'
import { monotonicMs, pause } from '#platform/clock.ts'

/** Reads what the product wrote, past every wall between tenants, and through any restart of the server. */
export interface Witness {
  /** Waits for a server that is away. */
  rows<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** One number, asked once; undefined when the server is away. */
  countNow(sql: string): Promise<number | undefined>
  close(): Promise<void>
}

const PATIENCE_MS = 60_000

export function openWitness(superuserUrl: string): Witness {
  const pool = new pg.Pool({ connectionString: superuserUrl, max: 4, connectionTimeoutMillis: 2_000, application_name: 'faults' })
  pool.on('error', () => undefined)
  return {
    rows: async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
      const deadline = monotonicMs() + PATIENCE_MS
      for (;;) {
        try {
          return (await pool.query<Row>(sql, [...values])).rows
        } catch (error) {
          if (!isAway(error) || monotonicMs() > deadline) throw error
          await pause(200)
        }
      }
    },
    countNow: async (sql) => {
      try {
        return Number((await pool.query<{ count: unknown }>(sql)).rows[0]?.count ?? 0)
      } catch (error) {
        if (isAway(error)) return undefined
        throw error
      }
    },
    close: () => pool.end(),
  }
}

/** Connection refused or cut, or the server is starting or ending (SQLSTATE class 57P); anything else is a mistake of ours. */
function isAway(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('57P') || code.startsWith('08')
}
