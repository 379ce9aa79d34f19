import { type Evidence, factsOf, shownId } from '../evidence.ts'
import { Finding } from '../findings.ts'
import { grouped } from '../grouped.ts'
import type { Send } from './sends.ts'

/** Who settled what nobody knew the end of. */
export interface UnknownCount {
  byReceipt: number
  byPerson: number
}

export function countUnknown(sends: readonly Send[]): UnknownCount {
  const unknown = sends.filter(({ wasUnknown }) => wasUnknown)
  return {
    byReceipt: unknown.filter(({ settledBy, told }) => settledBy === null && told.size > 0).length,
    byPerson: unknown.filter(({ settledBy }) => settledBy !== null).length,
  }
}

/** Nothing was sent twice, and every delivery whose end was unknown has one. */
export async function checkSentOnce(evidence: Evidence, sends: readonly Send[]): Promise<Finding> {
  const finding = new Finding('I5', 'nothing sent twice')
  const committed = new Set((await evidence.witness.rows<{ id: string }>('select id from attempts')).map(({ id }) => shownId('atm', id)))
  for (const [echo, calls] of callsByEcho(evidence)) {
    finding.check(committed.has(echo), () => `the provider was called with ${echo}, which no committed attempt has`)
    finding.check(calls === 1, () => `the provider was called ${calls} times for attempt ${echo}`)
  }
  for (const send of sends) {
    const { deliveryId, accepted, attempts, wasUnknown, state } = send
    finding.check(accepted.length <= 1, () => `the provider took ${deliveryId} ${accepted.length} times: ${accepted.join(', ')}`)
    const ambiguous = attempts.find(({ outcome }) => outcome === 'ambiguous' || outcome === 'pending')
    finding.check(
      !ambiguous || ambiguous.number === attempts.length,
      () => `${deliveryId} was tried again after attempt ${ambiguous?.id} ended without a word`,
    )
    if (wasUnknown) finding.check(state !== 'unknown', () => `${deliveryId} is still unknown`)
  }
  checkMessages(sends, finding)
  checkPeople(evidence, finding)
  return finding
}

/** However often a message had to be given to the provider, each time after the first a person had asked for it. */
function checkMessages(sends: readonly Send[], finding: Finding): void {
  const byMessage = grouped(sends, ({ messageId }) => messageId)
  for (const [messageId, deliveries] of byMessage) {
    const resent = deliveries.filter(({ settledBy }) => settledBy !== null).length
    finding.check(
      deliveries.length <= 1 + resent,
      () => `message ${messageId} has ${deliveries.length} deliveries, people asked for ${resent} more`,
    )
  }
}

function checkPeople({ people }: Evidence, finding: Finding): void {
  for (const { deliveryId, status, code } of people.early)
    finding.check(code === 'delivery_not_settleable', () => `${deliveryId} could be discarded before its time: ${status} ${code}`)
  for (const problem of people.problems) finding.check(false, () => problem)
}

function callsByEcho(evidence: Evidence): Map<string, number> {
  const calls = new Map<string, number>()
  const facts = [...factsOf(evidence, 'send.accepted'), ...factsOf(evidence, 'send.refused'), ...factsOf(evidence, 'send.lost')]
  for (const { echo } of facts) if (echo) calls.set(echo, (calls.get(echo) ?? 0) + 1)
  return calls
}
