/**
 * One SQL statement in whatever transaction is open. `name` makes it a prepared statement on plain pg connections (hot paths);
 * int8 arrives as a number, timestamps as Date, uuid as text with hyphens.
 */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: readonly unknown[], name?: string) => Promise<Row[]>

/** What plural functions on the hot path need of a transaction, be it a person's or a batch's. */
export interface SqlTx {
  sql: Sql
  /** The scope's time, one value for the whole transaction. */
  now: Date
}

/** The SQLSTATE of a database error, however deep Prisma's driver adapter wrapped it; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at !== null && typeof at === 'object' && depth < 6; depth++) {
    const layer = at as { code?: unknown; originalCode?: unknown; cause?: unknown; meta?: { driverAdapterError?: unknown } }
    for (const code of [layer.originalCode, layer.code]) {
      if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^P2\d{3}$/.test(code)) return code
    }
    if (layer.code === 'P2034') return '40001'
    at = layer.meta?.driverAdapterError ?? layer.cause
  }
  return undefined
}

/** Serialization failure or deadlock: the transaction may simply run again. */
export function isRetryable(error: unknown): boolean {
  return sqlState(error)?.startsWith('40') ?? false
}

/** The data itself is at fault (SQLSTATE 22, 23): running again gives the same answer. */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && (state.startsWith('22') || state.startsWith('23'))
}

/**
 * Somebody else got there first and this transaction decided on what is no longer true. Counts as a serialization failure, so
 * the whole transaction runs again and sees what they did.
 */
export class Contended extends Error {
  override name = 'Contended'
  readonly code = '40001'
}
