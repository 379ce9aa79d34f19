import { phoneDigits } from '#platform/phones.ts'
import type { ContactCard, OutboundContent, OutboundMessage, Recipient } from '../connector.ts'
import { type Content, templateBody } from './content-template.ts'

/**
 * The JSON that sends a message (section 2). It must have passed `limitBroken`: nothing is checked here. The number always
 * carries its `+`, since without it Meta prepends the business's own country and may reach a stranger.
 */
export function requestBody(message: OutboundMessage): Record<string, unknown> {
  const { content, replyToExternalId } = message
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientBody(message.to),
    // A reaction names its target itself and must not carry a context.
    ...(replyToExternalId && content.kind !== 'reaction' && { context: { message_id: replyToExternalId } }),
    ...contentBody(content),
    biz_opaque_callback_data: message.echo,
  }
}

/** A phone when there is one; a person known by BSUID alone is addressed by another member (section 9). */
function recipientBody({ phone, bsuid }: Recipient): Record<string, unknown> {
  return phone === undefined ? { recipient: bsuid } : { to: `+${phoneDigits(phone)}` }
}

function contentBody(content: OutboundContent): Record<string, unknown> {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text, preview_url: content.previewUrl ?? /https?:\/\//i.test(content.text) } }
    case 'location': {
      const { latitude, longitude, name, address } = content.location
      return { type: 'location', location: { latitude, longitude, name, address } }
    }
    case 'contacts':
      return { type: 'contacts', contacts: content.contacts.map(contactBody) }
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.targetExternalId, emoji: content.emoji ?? '' } }
    case 'interactive':
    case 'list':
      return { type: 'interactive', interactive: interactiveBody(content) }
    case 'template':
      return { type: 'template', template: templateBody(content) }
    default:
      return mediaBody(content)
  }
}

type MediaContent = Extract<OutboundContent, { providerMediaId: string }>

/** A voice note is an audio file that says so. */
function mediaBody({ kind, providerMediaId, caption, fileName }: MediaContent): Record<string, unknown> {
  if (kind === 'voice') return { type: 'audio', audio: { id: providerMediaId, voice: true } }
  return { type: kind, [kind]: { id: providerMediaId, caption, ...(kind === 'document' && { filename: fileName }) } }
}

/** `formatted_name` and one other part of the name are required; we know only one name, so it is both. */
function contactBody({ name, phones, emails, organization }: ContactCard): Record<string, unknown> {
  return {
    name: { formatted_name: name, first_name: name },
    ...(phones.length > 0 && { phones: phones.map(({ phone, waId, type }) => ({ phone, wa_id: waId, type })) }),
    ...(emails.length > 0 && { emails }),
    ...(organization && { org: { company: organization } }),
  }
}

function interactiveBody(content: Content<'interactive'> | Content<'list'>): Record<string, unknown> {
  return {
    type: content.kind === 'list' ? 'list' : 'button',
    ...(content.header && { header: { type: 'text', text: content.header } }),
    body: { text: content.text },
    ...(content.footer && { footer: { text: content.footer } }),
    action: content.kind === 'list' ? listAction(content) : buttonsAction(content),
  }
}

function buttonsAction({ buttons }: Content<'interactive'>): Record<string, unknown> {
  return { buttons: buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } })) }
}

function listAction({ button, sections }: Content<'list'>): Record<string, unknown> {
  return {
    button,
    sections: sections.map(({ title, rows }) => ({
      ...(title && { title }),
      rows: rows.map(({ id, title: rowTitle, description }) => ({ id, title: rowTitle, ...(description && { description }) })),
    })),
  }
}
