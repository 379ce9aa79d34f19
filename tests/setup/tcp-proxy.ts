import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that a test can freeze or cut, as networks do. */
export interface TcpProxy {
  port: number
  /** Connections turned away since it was cut. */
  refused(): number
  /** Nothing passes any more, and nobody is told. */
  freeze(): void
  /** Connections break and new ones are refused at once. */
  cut(): void
  restore(): void
  close(): Promise<void>
}

export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let refused = 0
  let state: 'open' | 'frozen' | 'cut' = 'open'
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => undefined).on('close', () => sockets.delete(client))
    if (state === 'cut') {
      refused++
      return client.destroy()
    }
    if (state === 'frozen') return client.pause()
    const upstream = connect(target.port, target.host)
    sockets.add(upstream)
    upstream.on('error', () => client.destroy()).on('close', () => sockets.delete(upstream))
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const dropAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    refused: () => refused,
    freeze: () => {
      state = 'frozen'
      for (const socket of sockets) socket.unpipe().pause()
    },
    cut: () => {
      state = 'cut'
      dropAll()
    },
    restore: () => {
      // What was frozen stays dead, as after a real outage: its connections are gone.
      dropAll()
      state = 'open'
    },
    close: async () => {
      dropAll()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The same address with the proxy in between. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const copy = new URL(url)
  copy.host = `127.0.0.1:${proxy.port}`
  return copy.href
}
