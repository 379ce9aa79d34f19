import { postClosedLoop, postOpenLoop } from './load/post.ts'
import type { Answer, Order } from './load/protocol.ts'
import { Watch } from './load/watch.ts'

/**
 * The load generator: a process of its own, so that making load never waits for measuring. It takes orders from its parent, one at
 * a time, and ends with it.
 */
let watch: Watch | undefined

async function obey(order: Order): Promise<Answer> {
  if (order.kind === 'closed') return { kind: 'posted', posted: await postClosedLoop(order) }
  if (order.kind === 'open') {
    watch?.begin(order.plan)
    const posted = await postOpenLoop({ ...order, onDue: (n, dueAt) => watch?.noteDue(n, dueAt) })
    return { kind: 'posted', posted }
  }
  if (order.kind === 'shown') {
    if (!watch) throw new Error('nobody watches')
    return { kind: 'shown', watched: await watch.finish() }
  }
  watch = new Watch()
  await watch.open(order.url, order.viewers)
  return { kind: 'done' }
}

process.on('message', (order: Order) => {
  obey(order)
    .catch((error: unknown): Answer => ({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(0))
