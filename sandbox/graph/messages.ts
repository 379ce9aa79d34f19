import { pause } from '#platform/clock.ts'
import type { Plan } from '../whatsapp/behaviours.ts'
import { GraphError } from '../whatsapp/errors.ts'
import { markRead } from '../whatsapp/mark-read.ts'
import type { Provider } from '../whatsapp/provider.ts'
import type { Fields } from '../whatsapp/rules/fields.ts'
import { acceptSend, type CheckedSend, checkSend, sendAnswer } from '../whatsapp/send.ts'
import type { BusinessNumber } from '../whatsapp/types.ts'
import { answerScripted, type GraphApp, type GraphContext, numberFor, objectId, requestFields } from './edge.ts'

/** `POST /<PNID>/messages`: sends, read marks and typing. */
export function messageRoutes(app: GraphApp, provider: Provider): void {
  app.post('/:version/:id/messages', (c) => handle(provider, c))
  app.post('/:version/:id/marketing_messages', (c) => handle(provider, c, 'template'))
}

async function handle(provider: Provider, c: GraphContext, only?: string): Promise<Response> {
  const number = numberFor(provider, c)
  const request = await requestFields(c)
  if (request.has('status')) return mark(provider, c, number, request)
  if (only !== undefined && request.raw('type') !== only) throw new GraphError(100, `Param type must be ${only}.`)
  const checked = await checkOrJournal(provider, number, request)
  const plan = provider.behaviours.plan({
    operation: 'send',
    phoneNumberId: number.phoneNumberId,
    to: checked.customer.waId ?? textOf(request, 'recipient') ?? undefined,
    type: checked.content.type,
  })
  if (plan.delayMs > 0) await pause(plan.delayMs)
  return plan.answer ? scripted(provider, c, checked, request, plan) : c.json(await accept(provider, checked, plan))
}

async function mark(provider: Provider, c: GraphContext, number: BusinessNumber, request: Fields): Promise<Response> {
  const plan = provider.behaviours.plan({ operation: 'mark', phoneNumberId: number.phoneNumberId })
  if (plan.delayMs > 0) await pause(plan.delayMs)
  if (plan.answer) return answerScripted(provider, plan.answer, c)
  return c.json(await markRead(provider, number, request))
}

async function accept(provider: Provider, checked: CheckedSend, plan: Plan): Promise<Record<string, unknown>> {
  const message = await acceptSend(provider, checked, plan)
  return sendAnswer(checked, message, plan)
}

/** The journal says what became of it before the connection does, so that a test can trust it over the answer. */
async function scripted(provider: Provider, c: GraphContext, checked: CheckedSend, request: Fields, plan: Plan): Promise<Response> {
  const effect = plan.answer
  if (!effect) throw new Error('no script')
  if (effect.kind !== 'error' && effect.accept) await accept(provider, checked, plan)
  else if (effect.kind === 'error') await journalRefusal(provider, objectId(c), request, new GraphError(effect.code), true)
  else {
    const lost = { kind: 'send.lost' as const, phoneNumberId: objectId(c), ...partyOf(request), how: effect.kind }
    await provider.journal.append(lost)
  }
  return answerScripted(provider, effect, c)
}

async function checkOrJournal(provider: Provider, number: BusinessNumber, request: Fields): Promise<CheckedSend> {
  try {
    return await checkSend(provider, number, request)
  } catch (error) {
    if (error instanceof GraphError) await journalRefusal(provider, number.phoneNumberId, request, error, false)
    throw error
  }
}

function journalRefusal(
  provider: Provider,
  phoneNumberId: string,
  request: Fields,
  error: GraphError,
  scriptedCode: boolean,
): Promise<void> {
  const { code, status } = error
  return provider.journal.append({ kind: 'send.refused', phoneNumberId, ...partyOf(request), code, status, scripted: scriptedCode })
}

function partyOf(request: Fields): { to: string | null; echo: string | null } {
  return { to: textOf(request, 'to') ?? textOf(request, 'recipient'), echo: textOf(request, 'biz_opaque_callback_data') }
}

function textOf(request: Fields, name: string): string | null {
  const value = request.raw(name)
  return typeof value === 'string' ? value : null
}
