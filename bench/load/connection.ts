import { connect, type Socket } from 'node:net'

/**
 * One kept-alive connection that carries one request at a time, written straight to a socket: a generator that shares two cores
 * with what it measures must cost as little as it can.
 */
export class Connection {
  private socket: Socket | undefined
  private answer = ''
  private settle: ((status: number) => void) | undefined

  constructor(private readonly server: { host: string; port: number }) {}

  /** @returns the answer's status; 0 when the connection broke first */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.settle = resolve
      this.socket ??= this.open()
      this.socket.write(request)
    })
  }

  close(): void {
    this.socket?.destroy()
  }

  private open(): Socket {
    const socket = connect({ host: this.server.host, port: this.server.port, noDelay: true })
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => {
      this.answer += piece
      if (!isWhole(this.answer)) return
      const status = Number(this.answer.slice(9, 12))
      if (/^connection: close/im.test(this.answer.slice(0, this.answer.indexOf('\r\n\r\n')))) socket.destroy()
      this.finish(status)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined
      this.finish(0)
    })
    return socket
  }

  private finish(status: number): void {
    const settle = this.settle
    this.settle = undefined
    this.answer = ''
    settle?.(status)
  }
}

/** Is this all of an answer, by its length or its last chunk? */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const head = answer.slice(0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) return answer.length >= headEnd + 4 + Number(length)
  return /\r\ntransfer-encoding: chunked/i.test(head) ? answer.endsWith('0\r\n\r\n') : true
}
