import type { Capabilities, ContentKind, MediaKind } from '#channels/connector.ts'
import type { CompiledTemplate } from '#modules/templates/index.ts'
import type { Id } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { SendContent } from './inputs.ts'
import type { MessageContent } from './types.ts'

/** What a message's row will say, and the file it takes along. */
export interface ComposedMessage {
  kind: ContentKind | null
  body: string
  content: MessageContent
  /** `media` are the kinds that may stand in this place, with the channel's limits; a kind of null above is the file's own. */
  file: { uploadId: Id<'upload'>; media: Capabilities['media'] } | null
}

type Plain = Exclude<SendContent, { kind: 'template' | 'reaction' }>

/** Providers show a caption under these; under others it would be lost. */
const CAPTIONED: readonly MediaKind[] = ['image', 'video', 'document']

/**
 * Turns what the composer gave into a message's row, after asking the channel's capabilities. Pure.
 * @returns `unsupported_by_channel` with the first limit it breaks
 */
export function composeMessage(content: Plain, can: Capabilities): Result<ComposedMessage, 'unsupported_by_channel'> {
  switch (content.kind) {
    case 'text':
      if (content.text.length > can.textChars) return unsupported('textChars', can.textChars)
      return composed('text', content.text)
    case 'media':
      return composeMedia(content, can)
    case 'location':
      if (!can.location) return unsupported('location')
      return composed('location', content.location.name ?? content.location.address ?? '', { location: content.location })
    case 'interactive':
      return composeButtons(content, can)
    case 'list':
      return composeList(content, can)
  }
}

/** A template's row reads as the customer reads it; what is sent stands beside it. */
export function composeTemplate({ content, rendered, headerFile }: CompiledTemplate, can: Capabilities): ComposedMessage {
  const { name, language } = content
  const { header, footer, buttons } = rendered
  return {
    kind: 'template',
    body: rendered.body,
    content: { outbound: content, template: { name, language, header, footer, buttons } },
    file: headerFile && { uploadId: headerFile.uploadId, media: pick(can.media, [headerFile.kind]) },
  }
}

function composeMedia(content: Extract<Plain, { kind: 'media' }>, can: Capabilities): Result<ComposedMessage, 'unsupported_by_channel'> {
  const { uploadId, caption } = content
  if (caption !== undefined && caption.length > can.captionChars) return unsupported('captionChars', can.captionChars)
  const media = caption === undefined ? can.media : pick(can.media, CAPTIONED)
  return ok({ kind: null, body: caption ?? '', content: {}, file: { uploadId, media } })
}

function composeButtons(
  content: Extract<Plain, { kind: 'interactive' }>,
  can: Capabilities,
): Result<ComposedMessage, 'unsupported_by_channel'> {
  const { buttons } = can
  if (!buttons) return unsupported('buttons')
  if (content.buttons.length > buttons.max) return unsupported('buttons', buttons.max)
  if (content.buttons.some((button) => button.title.length > buttons.titleChars)) return unsupported('buttonTitleChars', buttons.titleChars)
  if (content.buttons.some((button) => button.id.length > buttons.idChars)) return unsupported('buttonIdChars', buttons.idChars)
  if (!isDistinct(content.buttons)) return unsupported('distinctOptions')
  return composed('interactive', content.text, { outbound: content })
}

function composeList(content: Extract<Plain, { kind: 'list' }>, can: Capabilities): Result<ComposedMessage, 'unsupported_by_channel'> {
  const { list } = can
  if (!list) return unsupported('list')
  const rows = content.sections.flatMap((section) => section.rows)
  if (rows.length > list.maxRows) return unsupported('listRows', list.maxRows)
  if (rows.some((row) => row.title.length > list.titleChars)) return unsupported('rowTitleChars', list.titleChars)
  if (rows.some((row) => (row.description?.length ?? 0) > list.descriptionChars))
    return unsupported('rowDescriptionChars', list.descriptionChars)
  if (content.sections.length > 1 && content.sections.some((section) => !section.title)) return unsupported('sectionTitles')
  if (!isDistinct(rows)) return unsupported('distinctOptions')
  return composed('list', content.text, { outbound: content })
}

function isDistinct(options: readonly { id: string; title: string }[]): boolean {
  return (
    new Set(options.map((option) => option.id)).size === options.length &&
    new Set(options.map((option) => option.title)).size === options.length
  )
}

function pick(media: Capabilities['media'], kinds: readonly MediaKind[]): Capabilities['media'] {
  return Object.fromEntries(Object.entries(media).filter(([kind]) => (kinds as readonly string[]).includes(kind)))
}

function composed(kind: ContentKind, body: string, content: MessageContent = {}): Result<ComposedMessage, never> {
  return ok({ kind, body, content, file: null })
}

/** @param limit named like the capability it comes from, so that a screen can word it */
export function unsupported(limit: string, max?: number) {
  return fail('unsupported_by_channel', max === undefined ? { limit } : { limit, max })
}
