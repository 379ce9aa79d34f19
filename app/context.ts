import type { ChannelKind, Connector } from '#channels/connector.ts'
import type { ChannelCatalogue } from '#modules/messages/index.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Env } from '#platform/env.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Auth } from './auth.ts'

/** Everything a route may need, made once per process and handed to Remix as `context.weft`. The database is `weft_web`'s. */
export interface AppContext {
  env: Env
  clock: Clock
  log: Logger
  metrics: Metrics
  database: Database
  auth: Auth
  capabilitiesOf: ChannelCatalogue
}

declare module '@remix-run/node' {
  interface AppLoadContext {
    weft: AppContext
  }
}

/** What each channel can do, from the channel registry; modules know only the resulting function. */
export function channelCatalogue(connectors: Readonly<Record<ChannelKind, Connector<unknown>>>): ChannelCatalogue {
  return (kind) => connectors[kind].capabilities
}
