import type { Frame } from '#modules/realtime/index.ts'
import type { Clock } from '#platform/clock.ts'
import { LIMITS } from '#platform/limits.ts'
import { runStream, type StreamOptions } from './stream.ts'
import type { Connection } from './types.ts'

/** What tabs of one browser say to each other. */
type Word =
  | { kind: 'frames'; at: number; frames: Frame[] }
  | { kind: 'connection'; connection: Connection }
  | { kind: 'join'; tab: string; since: number }
  /** `isWhole`: nothing since the asked time is missing. */
  | { kind: 'replay'; tab: string; isWhole: boolean; frames: Frame[]; connection: Connection }

export interface SharedStreamOptions extends Pick<StreamOptions, 'open' | 'cursor' | 'isOnline' | 'waitForRetry'> {
  /** Names the person's stream: tabs of somebody else must not share it. */
  name: string
  tab: string
  /** A moment before this page's rows were read, milliseconds since 1970: whatever was heard since has to be replayed. */
  readSince: number
  clock: Clock
  /** Null where the browser has none, or the page is not on a secure origin: every tab then has a stream of its own. */
  locks: Pick<LockManager, 'request'> | null
  channel: BroadcastChannel | null
  onFrames(frames: Frame[]): void
  onConnection(connection: Connection): void
  /** Something was missed that nobody can replay: read the pages again. */
  onGap(): void
}

/** How long and how much each tab remembers for tabs that open later. */
const MEMORY = { ms: 120_000, frames: 2_000 }
const SILENCE_MS = LIMITS.sseHeartbeatMs * 3
const JOIN_AGAIN_MS = 2_000

/**
 * One event stream per browser (browsers allow six connections to a server): the tab that holds the lock has it and passes
 * every frame on. A tab that joins asks for what was heard since before its rows were read; a tab that takes over goes on from
 * the last frame it saw.
 */
export class SharedStream {
  readonly #options: SharedStreamOptions
  readonly #stopped = new AbortController()
  #memory: { at: number; frames: Frame[] }[] = []
  #rememberedSince: number
  #cursor: string | null
  #connection: Connection = { state: 'connecting' }
  #leading: AbortController | null = null
  #isJoined = false
  #heardAt: number
  #watch: ReturnType<typeof setInterval> | undefined

  constructor(options: SharedStreamOptions) {
    this.#options = options
    this.#cursor = options.cursor
    this.#rememberedSince = options.readSince
    this.#heardAt = options.clock.now().getTime()
  }

  start(): void {
    const { locks, channel } = this.#options
    if (locks === null || channel === null) {
      void this.#lead()
      return
    }
    channel.onmessage = (event: MessageEvent<Word>) => this.#hear(event.data)
    this.#join()
    this.#watch = setInterval(() => this.#look(), JOIN_AGAIN_MS)
    void this.#queueForLead(locks, false)
  }

  stop(): void {
    clearInterval(this.#watch)
    this.#stopped.abort()
    this.#leading?.abort()
    if (this.#options.channel !== null) this.#options.channel.onmessage = null
  }

  async #queueForLead(locks: Pick<LockManager, 'request'>, steal: boolean): Promise<void> {
    const request = steal ? { steal } : { signal: this.#stopped.signal }
    while (!this.#stopped.signal.aborted) {
      // Rejects when another tab took the lock because this one had fallen silent; it then queues like the others.
      await locks.request(this.#options.name, request, () => this.#lead()).catch(() => this.#leading?.abort())
      if (steal) return
    }
  }

  async #lead(): Promise<void> {
    if (this.#stopped.signal.aborted) return
    this.#leading?.abort()
    const leading = new AbortController()
    this.#leading = leading
    this.#isJoined = true
    await runStream({
      ...this.#options,
      cursor: this.#cursor,
      signal: leading.signal,
      onFrames: (frames) => {
        this.#take(this.#options.clock.now().getTime(), frames)
        this.#say({ kind: 'frames', at: this.#heardAt, frames })
      },
      onConnection: (connection) => {
        this.#connected(connection)
        this.#say({ kind: 'connection', connection })
      },
    })
    if (this.#leading === leading) this.#leading = null
    // A session that ended stays ended until the page is loaded again; giving the lock on would only ask again.
    if (this.#connection.state === 'signed_out') await new Promise((resolve) => this.#stopped.signal.addEventListener('abort', resolve))
  }

  #hear(word: Word): void {
    if (word.kind === 'join') this.#answerJoin(word)
    if (this.#leading !== null) return
    if (word.kind === 'frames') this.#take(word.at, word.frames)
    else if (word.kind === 'connection') this.#connected(word.connection)
    else if (word.kind === 'replay' && word.tab === this.#options.tab && !this.#isJoined) {
      this.#isJoined = true
      this.#take(this.#options.clock.now().getTime(), word.frames)
      this.#connected(word.connection)
      if (!word.isWhole) {
        this.#rememberedSince = this.#heardAt
        this.#options.onGap()
      }
    }
  }

  #answerJoin(word: Extract<Word, { kind: 'join' }>): void {
    if (this.#leading === null) return
    const frames = this.#memory.filter((entry) => entry.at >= word.since).flatMap((entry) => entry.frames)
    this.#say({ kind: 'replay', tab: word.tab, isWhole: this.#rememberedSince <= word.since, frames, connection: this.#connection })
  }

  #join(): void {
    this.#say({ kind: 'join', tab: this.#options.tab, since: this.#options.readSince })
  }

  /** Asks again until somebody answered; takes the lead from a tab that the browser has put to sleep. */
  #look(): void {
    if (this.#leading !== null || this.#options.locks === null) return
    if (!this.#isJoined) this.#join()
    if (this.#options.clock.now().getTime() - this.#heardAt > SILENCE_MS && this.#connection.state === 'online') {
      this.#heardAt = this.#options.clock.now().getTime()
      void this.#queueForLead(this.#options.locks, true)
    }
  }

  #take(at: number, frames: Frame[]): void {
    this.#heardAt = this.#options.clock.now().getTime()
    this.#cursor = frames.at(-1)?.seq ?? this.#cursor
    const rows = frames.filter((frame) => frame.type !== 'heartbeat')
    if (rows.length === 0) return
    this.#memory.push({ at, frames: rows })
    this.#forgetOld()
    this.#options.onFrames(rows)
  }

  #forgetOld(): void {
    let size = this.#memory.reduce((sum, entry) => sum + entry.frames.length, 0)
    while (this.#memory[0] !== undefined && (size > MEMORY.frames || this.#memory[0].at < this.#heardAt - MEMORY.ms)) {
      this.#rememberedSince = this.#memory[0].at + 1
      size -= this.#memory.shift()?.frames.length ?? 0
    }
  }

  #connected(connection: Connection): void {
    this.#connection = connection
    this.#heardAt = this.#options.clock.now().getTime()
    this.#options.onConnection(connection)
  }

  #say(word: Word): void {
    if (!this.#stopped.signal.aborted) this.#options.channel?.postMessage(word)
  }
}
