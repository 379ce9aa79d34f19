import { readHead } from '#platform/event-log/reader.ts'
import type { Scope } from '#platform/scope.ts'
import { cursorOf } from './cursor.ts'

/**
 * The place in the log a screen goes on from. A page's loader calls it BEFORE it reads its rows: whatever changes after this
 * moment comes by the stream, and what comes by both is told apart by its version (I12).
 */
export async function currentCursor(scope: Scope): Promise<string> {
  return scope.read(async (tx) => cursorOf(scope.tenantId, await readHead(tx, scope.tenantId)))
}
