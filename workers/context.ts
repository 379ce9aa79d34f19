import type { ChannelKind, Connector, Http } from '#channels/connector.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import type { Bus } from '#platform/bus/port.ts'
import type { Cache } from '#platform/cache/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { Database } from '#platform/db/database.ts'
import type { Env } from '#platform/env.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'

/** What a role is handed; it looks nothing up. The database is `weft_worker`'s. */
export interface WorkerContext {
  env: Env
  clock: Clock
  log: Logger
  metrics: Metrics
  database: Database
  bus: Bus
  cache: Cache
  blobs: BlobStore
  keys: KeyRing
  http: Http
  connectors: Readonly<Record<ChannelKind, Connector<unknown>>>
}

/** A role that runs until it is told to stop. */
export interface RunningRole {
  name: string
  /** Why the role can't do its work right now, one readable reason each; empty = ready. */
  unreadyReasons(): string[]
  /** Takes nothing new, finishes what runs, gives back what it leased. */
  stop(): Promise<void>
}

/** @param channels which channels' work this process takes; roles that know no channels ignore it */
export type StartRole = (context: WorkerContext, channels: readonly ChannelKind[]) => Promise<RunningRole>
