import type { TimerHandler } from '#platform/timers/handler.ts'
import { startTimers } from '#platform/timers/runner.ts'
import type { StartRole } from './context.ts'

/** What can become due, one entry per kind; a module that declares a timer exports its handler and is listed here. */
const handlers: readonly TimerHandler[] = []

/** Fires what is due. Any number of them share the work. */
export const start: StartRole = async ({ clock, database, log, metrics }) => {
  const timers = startTimers({ clock, database, log, metrics, handlers })
  return { name: 'timers', ...timers }
}
