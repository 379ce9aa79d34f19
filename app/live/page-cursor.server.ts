import type { AppLoadContext } from '@remix-run/node'
import { currentCursor } from '#modules/realtime/index.ts'
import type { Scope } from '#platform/scope.ts'

const cursors = new WeakMap<AppLoadContext, Promise<string>>()

/**
 * The log's position for all loaders of one request, which run side by side: read once, and every loader waits for it before it
 * reads its rows. The stream then begins at a place that none of them can have missed anything before.
 */
export function pageCursor(scope: Scope, context: AppLoadContext): Promise<string> {
  const cursor = cursors.get(context) ?? currentCursor(scope)
  cursors.set(context, cursor)
  return cursor
}
