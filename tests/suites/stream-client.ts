import type { Frame } from '#modules/realtime/index.ts'

/** A reader of an event stream as a browser is one: whole frames count, and the last id seen is where it goes on. */
export interface StreamClient {
  frames: Frame[]
  /** Of one type, in the order they came. */
  of<T extends Frame['type']>(type: T): Extract<Frame, { type: T }>[]
  lastEventId: string | null
  /** Bytes of each frame on the wire. */
  sizes: number[]
  isEnded: boolean
  /** Goes away, as a browser that lost the network; what is read after that is lost. */
  leave(): void
}

/** @param options.mayRead asked before each read: a client that reads slowly, or cuts the line after so many bytes */
export function followStream(body: ReadableStream<Uint8Array>, options: { mayRead?: () => Promise<void> } = {}): StreamClient {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const client: StreamClient = {
    frames: [],
    of: (type) => client.frames.filter((frame) => frame.type === type) as never,
    lastEventId: null,
    sizes: [],
    isEnded: false,
    leave: () => {
      client.isEnded = true
      void reader.cancel()
    },
  }
  let text = ''
  const take = (block: string) => {
    const id = /^id: (.*)$/m.exec(block)?.[1]
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data === undefined) return
    const frame = JSON.parse(data) as Frame
    if (frame.seq !== id) throw new Error('the id and the place of a frame differ')
    client.frames.push(frame)
    client.sizes.push(Buffer.byteLength(block) + 2)
    client.lastEventId = frame.seq
  }
  void (async () => {
    for (;;) {
      await options.mayRead?.()
      const { done, value } = await reader.read()
      if (done || client.isEnded) break
      const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) take(block)
    }
    client.isEnded = true
  })()
  return client
}
