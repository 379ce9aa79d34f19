import type { ChannelKind, Connector, Http } from '#channels/connector.ts'
import { type Access, loadAccess } from '#modules/channels/index.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import { type Clock, monotonicMs, pause } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { BatchTx, Database } from '#platform/db/database.ts'
import { type EmittedEvent, emit } from '#platform/events.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { type FetchResult, fetchFile } from './fetch-file.ts'
import { claimPendingFiles, markFailed, markStored, type PendingFile, postpone } from './pending-files.ts'

export interface MediaFetcherOptions {
  connectors: Readonly<Record<ChannelKind, Connector<unknown>>>
  /** As `weft_worker`. */
  database: Database
  clock: Clock
  log: Logger
  metrics: Metrics
  http: Http
  keys: KeyRing
  blobs: BlobStore
  /** Tells screens that a message's files changed; of the module that owns messages, which this one must not know. */
  announce: (tx: BatchTx, messages: readonly PendingFile[]) => Promise<EmittedEvent[]>
  /** Between looks at all tenants, ms; hints make it look sooner at those they name. */
  pollMs?: number
}

export interface MediaFetcher {
  /** A message with files arrived for this tenant; a hint, which may be lost. */
  wake(tenantId: Id<'tenant'>): void
  unreadyReasons(): string[]
  /** Starts nothing any more and lets running fetches end. */
  stop(): Promise<void>
}

/** Files in memory at once: at twenty megabytes each this bounds what the process needs. */
const MOST_AT_ONCE = 6
const TENANTS_AT_ONCE = 500

/** Fetches customers' files from their providers. The table of attachments is the queue; any number of processes share it. */
export function startMediaFetcher(options: MediaFetcherOptions): MediaFetcher {
  return new Fetcher(options)
}

class Fetcher implements MediaFetcher {
  readonly #options: MediaFetcherOptions
  readonly #pollMs: number
  readonly #count: (result: FetchResult) => void
  readonly #running = new Set<Promise<void>>()
  readonly #hinted = new Set<Id<'tenant'>>()
  readonly #loop: Promise<void>
  #waker = new AbortController()
  #stopping = false
  #polledAt = Number.NEGATIVE_INFINITY
  #lookedAt = monotonicMs()

  constructor(options: MediaFetcherOptions) {
    this.#options = options
    this.#pollMs = options.pollMs ?? 10_000
    const files = options.metrics.counter('weft_media_files_total', 'Customers’ files by what became of a fetch', ['result'])
    this.#count = (result) => files.inc({ result: result.kind })
    this.#loop = this.#run()
  }

  wake(tenantId: Id<'tenant'>): void {
    this.#hinted.add(tenantId)
    this.#waker.abort()
  }

  unreadyReasons(): string[] {
    return monotonicMs() - this.#lookedAt > this.#pollMs * 3 ? ['pending files could not be looked for'] : []
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#waker.abort()
    await this.#loop
    await Promise.allSettled(this.#running)
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#round().catch(async (error: unknown) => {
        this.#options.log.warn({ error }, 'pending files could not be looked for; trying again')
        await pause(1_000)
      })
    }
  }

  async #round(): Promise<void> {
    this.#waker = new AbortController()
    const isFull = monotonicMs() - this.#polledAt >= this.#pollMs
    const tenantIds = isFull ? await this.#allTenants() : [...this.#hinted]
    if (isFull) this.#polledAt = monotonicMs()
    this.#hinted.clear()
    for (let from = 0; from < tenantIds.length && !this.#stopping; from += TENANTS_AT_ONCE) {
      await this.#fetchAll(tenantIds.slice(from, from + TENANTS_AT_ONCE))
    }
    this.#lookedAt = monotonicMs()
    if (this.#stopping || this.#hinted.size > 0) return
    await pause(Math.max(10, this.#polledAt + this.#pollMs - monotonicMs()), this.#waker.signal)
  }

  #allTenants(): Promise<Id<'tenant'>[]> {
    return this.#options.database.platformTransaction(this.#options.clock, async (tx) => {
      const rows = await tx.sql<{ id: string }>(`select id from tenants where status = 'active' order by id`)
      return rows.map((row) => fromUuid('tenant', row.id))
    })
  }

  /** Fetches what is due for these tenants, a few at a time, until nothing is left. */
  async #fetchAll(tenantIds: readonly Id<'tenant'>[]): Promise<void> {
    while (!this.#stopping) {
      while (this.#running.size >= MOST_AT_ONCE) await Promise.race(this.#running)
      const free = MOST_AT_ONCE - this.#running.size
      const { database, clock } = this.#options
      const { files, access } = await database.batchTransaction(tenantIds, clock, async (tx) => {
        const files = await claimPendingFiles(tx, tenantIds, free)
        return { files, access: await this.#accessOf(tx, files) }
      })
      for (const file of files) this.#start(file, access.get(file.channelAccountId) ?? null)
      this.#lookedAt = monotonicMs()
      if (files.length < free) return
    }
  }

  async #accessOf(tx: BatchTx, files: readonly PendingFile[]): Promise<Map<Id<'channelAccount'>, Access>> {
    const all = new Map<Id<'channelAccount'>, Access>()
    for (const channel of new Set(files.map((file) => file.channel))) {
      const owners = files.filter((file) => file.channel === channel)
      const found = await loadAccess(tx, owners, () => null, { ...this.#options, connector: this.#options.connectors[channel] })
      for (const [id, access] of found) all.set(id, access)
    }
    return all
  }

  #start(file: PendingFile, access: Access | null): void {
    const done = this.#fetch(file, access)
      // Its claim runs out and the file is tried again.
      .catch((error: unknown) => this.#options.log.warn({ error, attachmentId: file.attachmentId }, 'a file could not be stored'))
      .finally(() => this.#running.delete(done))
    this.#running.add(done)
  }

  async #fetch(file: PendingFile, access: Access | null): Promise<void> {
    const { database, clock, log, announce } = this.#options
    const result = await fetchFile(file, access, { ...this.#options, connector: this.#options.connectors[file.channel] })
    this.#count(result)
    if (result.kind !== 'stored') log.info({ attachmentId: file.attachmentId, result }, 'a file was not fetched')
    await database.batchTransaction([file.tenantId], clock, async (tx) => {
      if (result.kind === 'later') return postpone(tx, file, new Date(tx.now.getTime() + result.afterMs))
      const changed = result.kind === 'stored' ? await markStored(tx, file, result.file) : await markFailed(tx, file, result.failure)
      if (changed) await emit(tx, await announce(tx, [file]))
    })
  }
}
