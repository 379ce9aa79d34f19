import { type ContactCard, type LocationContent, MEDIA_KINDS, type MediaKind, type OutboundContent } from '#channels/connector.ts'

/** A message as its row stands. */
export interface StoredMessage {
  kind: string
  body: string
  /** `MessageContent`; `outbound` in it was made by whoever wrote the message and is passed on as it is. */
  content: unknown
}

export interface StoredFile {
  /** Set once the provider has the file. */
  providerMediaId: string | null
  fileName: string | null
}

interface Content {
  outbound?: OutboundContent
  location?: LocationContent
  contacts?: ContactCard[]
}

/**
 * What the connector is asked to send for a message of ours. Pure.
 * @returns null when there is nothing to send: a kind we only receive, or a file the provider does not have
 */
export function outboundContent(message: StoredMessage, file: StoredFile): OutboundContent | null {
  const content = (message.content ?? {}) as Content
  if (content.outbound) return withFile(content.outbound, file)
  if (isMedia(message.kind)) return withFile({ kind: message.kind, providerMediaId: '', caption: message.body || undefined }, file)
  if (message.kind === 'text' && message.body !== '') return { kind: 'text', text: message.body, previewUrl: true }
  if (message.kind === 'location' && content.location) return { kind: 'location', location: content.location }
  if (message.kind === 'contacts' && content.contacts) return { kind: 'contacts', contacts: content.contacts }
  return null
}

const isMedia = (kind: string): kind is MediaKind => (MEDIA_KINDS as readonly string[]).includes(kind)

/** Puts the provider's name of the file where the content needs one: in the message itself or in a template's header. */
function withFile(content: OutboundContent, { providerMediaId, fileName }: StoredFile): OutboundContent | null {
  const named = { providerMediaId: providerMediaId ?? '', fileName: fileName ?? undefined }
  if ('providerMediaId' in content) return providerMediaId === null ? null : { ...content, ...named }
  if (content.kind !== 'template' || content.header === undefined || content.header.kind === 'text') return content
  return providerMediaId === null ? null : { ...content, header: { ...content.header, ...named } }
}
