import type { ChannelKind, Connector } from '#channels/connector.ts'
import type { ChannelCatalogue } from '#modules/messages/index.ts'
import type { Hub } from '#modules/realtime/index.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
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
  /** Streams of live events to the browsers of this process. */
  hub: Hub
  blobs: BlobStore
  capabilitiesOf: ChannelCatalogue
  /** The answer for /livez, /readyz and /metrics; undefined for any other path. */
  answerHealth(url: string): Promise<{ status: number; contentType: string; body: string } | undefined>
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
