import type { Connector, Http, SendOutcome } from '#channels/connector.ts'
import type { Access } from '#modules/channels/index.ts'
import { monotonicMs } from '#platform/clock.ts'
import type { Logger } from '#platform/log.ts'
import type { OutgoingCall } from '../load-outgoing.ts'

export interface CallOptions {
  connector: Connector<unknown>
  http: Http
  log: Logger
  /** Until when the lease surely stands, on this process's monotonic clock; asked last thing before the socket is written. */
  goodUntilMs: () => number
}

/** How a call ended; `isOurs`: the provider was not asked, so it says nothing about the provider. */
export interface MadeCall {
  outcome: SendOutcome
  isOurs: boolean
}

/**
 * Makes the one call of a committed attempt. Never throws: what goes wrong after the connector was asked is ambiguous, because
 * only the connector knows whether anything had left.
 */
export async function makeCall(call: OutgoingCall, access: Access | null, options: CallOptions): Promise<MadeCall> {
  if (call.message === null) return refusal('not_sendable', 'invalid', 'The message has nothing this channel could send')
  if (!access?.credentials) return refusal('credentials_missing', 'auth', 'The channel has no usable credentials')
  let isOurs = false
  const fenced: Http = (request) => {
    if (monotonicMs() < options.goodUntilMs()) return options.http(request)
    isOurs = true
    return Promise.resolve({ kind: 'broken', wrote: false, reason: 'the lease of the channel account ran out' })
  }
  try {
    const outcome = await options.connector.send({ ...call.message, from: access.address }, access.credentials, fenced)
    return { outcome, isOurs }
  } catch (error) {
    options.log.error({ error, attemptId: call.attemptId }, 'a connector threw; its contract is to answer')
    return { outcome: { kind: 'ambiguous', reason: 'the connector failed' }, isOurs: false }
  }
}

function refusal(code: string, errorClass: 'invalid' | 'auth', title: string): MadeCall {
  return { outcome: { kind: 'refused', error: { code, class: errorClass, title } }, isOurs: true }
}
