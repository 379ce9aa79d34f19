import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AnswerEffect } from '../whatsapp/behaviours.ts'
import { GraphError, invalidToken, unknownObject } from '../whatsapp/errors.ts'
import { later, type Provider } from '../whatsapp/provider.ts'
import { Fields } from '../whatsapp/rules/fields.ts'
import type { BusinessNumber } from '../whatsapp/types.ts'

export type GraphEnv = { Bindings: HttpBindings }
export type GraphContext = Context<GraphEnv>
export type GraphApp = Hono<GraphEnv>

/** The error envelope of Graph, for refusals and for bugs alike. */
export function answerError(provider: Provider, error: unknown, c: GraphContext): Response {
  const refusal = error instanceof GraphError ? error : new GraphError(1, undefined, { status: 500 })
  if (refusal !== error) provider.log.error({ error }, 'a bug in the sandbox')
  if (refusal.code === 190) c.header('www-authenticate', 'OAuth "Facebook Platform" "invalid_token"')
  return c.json({ error: refusal.envelope }, refusal.status as ContentfulStatusCode)
}

/** The path's object id; routes that use this always have one. */
export function objectId(c: GraphContext): string {
  return c.req.param('id') ?? ''
}

/** The number a call is about, when the token opens it. @throws GraphError 190, 100/33 */
export function numberFor(provider: Provider, c: GraphContext): BusinessNumber {
  const id = objectId(c)
  refuseStrangers(provider, c)
  const number = provider.ledger.world.numbers.get(id)
  if (!number || tokenOf(c) !== number.accessToken) throw unknownObject(id, c.req.method)
  return number
}

/** The business account a call is about, by any of its numbers. @throws GraphError 190, 100/33 */
export function accountFor(provider: Provider, c: GraphContext, wabaId = objectId(c)): { wabaId: string; numbers: BusinessNumber[] } {
  refuseStrangers(provider, c)
  const numbers = provider.ledger.world.numbersOfWaba(wabaId)
  if (!numbers.some((number) => number.accessToken === tokenOf(c))) throw unknownObject(wabaId, c.req.method)
  return { wabaId, numbers }
}

/** A token that opens nothing at all is invalid, whatever was asked for. */
export function refuseStrangers(provider: Provider, c: GraphContext): void {
  const token = tokenOf(c)
  const known = token !== undefined && [...provider.ledger.world.numbers.values()].some((number) => number.accessToken === token)
  if (!known) throw invalidToken()
}

export function tokenOf(c: GraphContext): string | undefined {
  const header = c.req.header('authorization')
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : c.req.query('access_token')
}

/** The JSON body, or form fields where Graph takes them too. @throws GraphError 100 */
export async function requestFields(c: GraphContext): Promise<Fields> {
  const text = await c.req.text()
  if (text === '') return Fields.of({}, '')
  try {
    return Fields.of(JSON.parse(text), '')
  } catch (error) {
    if (error instanceof GraphError) throw error
    throw new GraphError(100, 'The request body is not valid JSON.', { message: 'Invalid parameter' })
  }
}

/** Gives the answer a script asks for in the place of the honest one. @throws GraphError for scripted codes */
export async function answerScripted(provider: Provider, effect: AnswerEffect, c: GraphContext): Promise<Response> {
  if (effect.kind === 'error')
    throw new GraphError(effect.code, effect.details, effect.status === undefined ? {} : { status: effect.status })
  if (effect.kind === 'http') return new Response(effect.body === '' ? null : effect.body, { status: effect.status })
  const { socket } = c.env.incoming
  if (effect.kind === 'hang') await silence(provider, effect.ms, socket)
  socket.resetAndDestroy()
  return RESPONSE_ALREADY_SENT
}

function silence(
  provider: Provider,
  ms: number | null,
  socket: { destroyed: boolean; once(event: 'close', listener: () => void): unknown },
): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve()
    socket.once('close', resolve)
    if (ms !== null) later(provider, ms, resolve)
  })
}
