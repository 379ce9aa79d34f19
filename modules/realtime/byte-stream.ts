/**
 * The bytes of one open stream, with a bounded buffer between us and a client that may read slowly or not at all. A class,
 * because it has a life: open, full or draining, ended.
 */
export class ByteStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #onEnd: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #isEnded = false
  #waiting: (() => void)[] = []

  /** @param onEnd told once, whoever ended it: we, or the client by going away */
  constructor(bufferBytes: number, onEnd: () => void) {
    this.#onEnd = onEnd
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        // Called whenever there is room, and again after each read.
        pull: () => this.#wakeWaiting(),
        cancel: () => this.#ended(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
    )
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  get isFull(): boolean {
    return (this.#controller?.desiredSize ?? 0) <= 0
  }

  /** Takes the bytes even when full: ask `isFull` before a batch. After the end nothing happens. */
  write(bytes: Uint8Array): void {
    if (!this.#isEnded) this.#controller?.enqueue(bytes)
  }

  /** @returns true as soon as there is room; false when the stream ends or `ms` have passed without any */
  async hasRoomWithin(ms: number): Promise<boolean> {
    if (this.#isEnded || !this.isFull) return !this.#isEnded
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    return !this.#isEnded && !this.isFull
  }

  end(): void {
    if (this.#isEnded) return
    this.#controller?.close()
    this.#ended()
  }

  #ended(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#wakeWaiting()
    this.#onEnd()
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
