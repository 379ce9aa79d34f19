import { GraphError } from '../errors.ts'
import { BSUID, digitsOf } from '../identity.ts'
import type { ProviderContent } from '../types.ts'
import type { Fields } from './fields.ts'
import { checkInteractive } from './interactive.ts'
import { checkMediaRef, type KnowsMedia, MEDIA_TYPES } from './media.ts'

/** A send that is worded as the provider wants it; what it refers to is checked later, with the world at hand. */
export interface WordedSend {
  to: { phone: string } | { userId: string }
  content: ProviderContent
  replyTo: string | null
  echo: string | null
}

const TYPES = ['text', 'reaction', 'location', 'contacts', 'interactive', 'template', ...MEDIA_TYPES] as const
type SendType = (typeof TYPES)[number]

const COMMON = [
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'type',
  'context',
  'biz_opaque_callback_data',
  'recipient_identity_key_hash',
]

/** Checks the wording of `POST /<PNID>/messages` (send messages reference, 2025-11). @throws GraphError */
export function readSend(request: Fields, media: KnowsMedia, options: { requirePlus: boolean }): WordedSend {
  checkProduct(request)
  const type = request.has('type') ? request.oneOf('type', TYPES) : 'text'
  request.only(...COMMON, type)
  if (request.has('recipient_type')) request.oneOf('recipient_type', ['individual'])
  const content = checkContent(request, type, media)
  const context = request.optionalObject('context')
  if (context && type === 'reaction') throw new GraphError(131009, 'A reaction message cannot have a context.')
  return {
    to: readRecipient(request, options.requirePlus),
    content,
    replyTo: context?.only('message_id').text('message_id', { max: 512 }) ?? null,
    echo: request.optionalText('biz_opaque_callback_data', { max: 512 }) ?? null,
  }
}

export function checkProduct(request: Fields): void {
  if (request.raw('messaging_product') !== 'whatsapp') {
    throw new GraphError(100, undefined, { message: '(#100) The parameter messaging_product is required.' })
  }
}

function readRecipient(request: Fields, requirePlus: boolean): WordedSend['to'] {
  if (request.has('recipient')) {
    const userId = request.text('recipient', { max: 200 })
    if (!BSUID.test(userId)) throw new GraphError(100, `Param recipient "${userId.slice(0, 40)}" is not a business-scoped user id.`)
    if (!request.has('to')) return { userId }
  }
  const to = request.text('to', { max: 40 })
  if (!/^\+?[\d ().-]+$/.test(to) || digitsOf(to).length < 7 || digitsOf(to).length > 15) {
    throw new GraphError(100, `Param to "${to}" is not a phone number.`)
  }
  if (requirePlus && !to.startsWith('+')) {
    throw new GraphError(
      100,
      `Param to "${to}" has no "+": Meta would put the business number's country code in front and reach a stranger.`,
    )
  }
  return { phone: to }
}

function checkContent(request: Fields, type: SendType, media: KnowsMedia): ProviderContent {
  if (type === 'contacts') {
    for (const card of request.list('contacts', { min: 1, max: 257 })) checkCard(card)
  } else {
    const part = request.object(type)
    if (type === 'text') checkText(part)
    else if (type === 'location') checkLocation(part)
    else if (type === 'reaction') checkReaction(part)
    else if (type === 'interactive') checkInteractive(part, media)
    else if (type !== 'template') checkMediaRef(part, type, media)
  }
  return { type, [type]: request.raw(type) }
}

function checkText(text: Fields): void {
  text.only('body', 'preview_url').text('body', { max: 4096 })
  text.optionalFlag('preview_url')
}

function checkLocation(location: Fields): void {
  location.only('latitude', 'longitude', 'name', 'address')
  location.number('latitude', { min: -90, max: 90 })
  location.number('longitude', { min: -180, max: 180 })
  location.optionalText('name', { max: 1000 })
  location.optionalText('address', { max: 1000 })
}

/** An empty emoji takes the reaction back. */
function checkReaction(reaction: Fields): void {
  reaction.only('message_id', 'emoji').text('message_id', { max: 512 })
  const emoji = reaction.text('emoji', { min: 0, max: 20 })
  if (emoji !== '' && !/^\p{Emoji}/u.test(emoji)) throw new GraphError(131009, 'Param emoji must be one emoji.')
}

function checkCard(card: Fields): void {
  card.only('addresses', 'birthday', 'emails', 'name', 'org', 'phones', 'urls')
  const name = card.object('name').only('formatted_name', 'first_name', 'last_name', 'middle_name', 'suffix', 'prefix')
  name.text('formatted_name', { max: 1000 })
  const others = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix']
  if (!others.some((part) => name.has(part))) {
    throw new GraphError(131009, `Param ${name.path} needs formatted_name and at least one other part.`)
  }
  for (const phone of card.optionalList('phones', { min: 0, max: 50 })) phone.only('phone', 'wa_id', 'type').text('phone', { max: 100 })
  for (const email of card.optionalList('emails', { min: 0, max: 50 })) email.only('email', 'type').text('email', { max: 400 })
}
