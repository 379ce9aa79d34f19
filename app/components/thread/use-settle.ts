import { useState } from 'react'
import { type Answer, ask, type Refusal } from '#app/live/ask.ts'
import type { Id } from '#platform/ids.ts'

/** A person's word on a delivery: send again, or give it up. The row itself changes by event. */
export function useSettle(deliveryId: Id<'delivery'>) {
  const [running, setRunning] = useState<'resend' | 'discard' | null>(null)
  const [refusal, setRefusal] = useState<Refusal['code'] | null>(null)
  const settle = async (what: 'resend' | 'discard') => {
    setRunning(what)
    setRefusal(null)
    const answer: Answer<unknown> = await ask(`/deliveries/${deliveryId}/${what}`, { method: 'POST', body: {} })
    setRunning(null)
    if (!answer.ok) setRefusal(answer.code)
  }
  return { running, refusal, resend: () => void settle('resend'), discard: () => void settle('discard') }
}
