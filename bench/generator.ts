import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { mustStop } from './ending.ts'
import type { Posted } from './load/post.ts'
import type { Answer, Order } from './load/protocol.ts'
import type { Watched } from './load/watch.ts'

/** The load generator's process, from the outside. */
export interface Generator {
  post(order: Extract<Order, { kind: 'closed' | 'open' }>): Promise<Posted>
  /** Opens screens, which stay open until the end. */
  watch(order: Extract<Order, { kind: 'watch' }>): Promise<void>
  /** What they showed of the last open loop. */
  shown(): Promise<Watched>
  stop(): Promise<void>
}

export function startGenerator(): Generator {
  const child = fork(join(import.meta.dirname, 'load.ts'), { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
  const gone = once(child, 'exit').then((): Answer => ({ kind: 'failed', reason: 'the load generator ended' }))
  const obey = async (order: Order): Promise<Answer> => {
    const answered = once(child, 'message').then(([answer]) => answer as Answer)
    child.send(order)
    const answer = await Promise.race([answered, gone])
    if (answer.kind === 'failed') throw new Error(answer.reason)
    return answer
  }
  return {
    post: async (order) => {
      const answer = await obey(order)
      if (answer.kind !== 'posted') throw new Error('the load generator answered something else')
      return answer.posted
    },
    watch: async (order) => void (await obey(order)),
    shown: async () => {
      const answer = await obey({ kind: 'shown' })
      if (answer.kind !== 'shown') throw new Error('the load generator answered something else')
      return answer.watched
    },
    stop: mustStop(async () => {
      if (child.connected) child.disconnect()
      await gone
    }),
  }
}
