import type { Clock } from '#platform/clock.ts'

/** A value, or that there is surely none, or that nobody can tell right now. */
export type Known<V> = { kind: 'known'; value: V } | { kind: 'unknown' } | { kind: 'unsure' }

export interface StaleCacheOptions<V> {
  /** Loads values by key; keys without a value are left out. Throws when the source is down. */
  load(keys: readonly string[]): Promise<Map<string, V>>
  clock: Clock
  /** How long a value is served without looking, and how long an absence, milliseconds. */
  freshMs: number
  absentMs: number
  /** How long the source is left alone after it failed, milliseconds. */
  backoffMs: number
  maxEntries: number
}

/**
 * A bounded read-through cache that outlives its source. A stale value is served at once and looked up behind the caller's
 * back; an absence is looked up again before it is believed. Calls of one moment become one load.
 */
export class StaleCache<V> {
  private readonly entries = new Map<string, { value: V | undefined; loadedAt: number }>()
  private gathering: { keys: Set<string>; loaded: Promise<boolean> } | null = null
  private failedAt = Number.NEGATIVE_INFINITY

  constructor(private readonly options: StaleCacheOptions<V>) {}

  async find(key: string): Promise<Known<V>> {
    const entry = this.entries.get(key)
    const now = this.options.clock.now().getTime()
    if (entry?.value !== undefined) {
      if (now - entry.loadedAt >= this.options.freshMs) void this.reload(key)
      return { kind: 'known', value: entry.value }
    }
    if (entry && now - entry.loadedAt < this.options.absentMs) return { kind: 'unknown' }
    if (!(await this.reload(key))) return { kind: 'unsure' }
    const loaded = this.entries.get(key)?.value
    return loaded === undefined ? { kind: 'unknown' } : { kind: 'known', value: loaded }
  }

  /** @returns whether the source answered */
  private reload(key: string): Promise<boolean> {
    if (this.options.clock.now().getTime() - this.failedAt < this.options.backoffMs) return Promise.resolve(false)
    if (!this.gathering) {
      const keys = new Set<string>()
      this.gathering = { keys, loaded: Promise.resolve().then(() => this.loadAll(keys)) }
    }
    this.gathering.keys.add(key)
    return this.gathering.loaded
  }

  private async loadAll(keys: Set<string>): Promise<boolean> {
    this.gathering = null
    try {
      const values = await this.options.load([...keys])
      const loadedAt = this.options.clock.now().getTime()
      for (const key of keys) this.store(key, { value: values.get(key), loadedAt })
      return true
    } catch {
      this.failedAt = this.options.clock.now().getTime()
      return false
    }
  }

  /** A Map keeps the order of insertion, so its first key is the one loaded longest ago. */
  private store(key: string, entry: { value: V | undefined; loadedAt: number }): void {
    this.entries.delete(key)
    this.entries.set(key, entry)
    if (this.entries.size <= this.options.maxEntries) return
    const [oldest] = this.entries.keys()
    if (oldest !== undefined) this.entries.delete(oldest)
  }
}
