import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The start can't go on; the message is the one sentence the person sees. */
export class StartRefused extends Error {
  override name = 'StartRefused'
}

/**
 * Makes sure that one supervisor at a time runs on a data directory, whatever became of the last one.
 * @returns what gives the directory back
 * @throws StartRefused while another one is alive
 */
export function holdDirectory(dataDir: string): () => void {
  const file = join(dataDir, 'supervisor.pid')
  if (existsSync(file)) {
    const [pid, startedAt] = readFileSync(file, 'utf8').split(' ')
    if (pid && Number(pid) !== process.pid && startTimeOf(Number(pid)) === startedAt) {
      throw new StartRefused(
        `Weft already runs on ${dataDir} (process ${pid}). Stop it first, or choose another directory with WEFT_DATA_DIR.`,
      )
    }
  }
  writeFileSync(file, `${process.pid} ${startTimeOf(process.pid)}`)
  return () => rmSync(file, { force: true })
}

/** When a process started, in the kernel's ticks, so that a reused pid is not taken for the old process; undefined when it is gone. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    try {
      process.kill(pid, 0)
      return existsSync('/proc/self/stat') ? undefined : 'alive'
    } catch {
      return undefined
    }
  }
}

/** @throws StartRefused when somebody listens on the port already */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const server = createServer()
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as { code?: string }
    const reason = code === 'EACCES' ? 'may not be opened by this user' : 'is in use by another program'
    throw new StartRefused(`Port ${port} ${reason}. Choose another one: PORT=${port + 1} npm start`)
  }
  server.close()
  await once(server, 'close')
}

/** Free ports on loopback, all different: they are held together until each is known. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
