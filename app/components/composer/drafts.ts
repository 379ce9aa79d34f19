import type { Draft } from '#app/live/outbox.ts'
import type { Capabilities, ChannelKind } from '#channels/connector.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { type Id, newId } from '#platform/ids.ts'
import type { Attachment as Picked } from './use-attachments.ts'

interface Written {
  conversationId: Id<'conversation'>
  channel: ChannelKind
  text: string
  attachments: readonly Picked[]
  replyTo: MessageView | null
}

/**
 * The messages that what was written becomes: one a file, as channels carry them, the text as the first file's caption where
 * it fits, else as a message of its own behind. Only the first answers.
 */
export function draftsOf(written: Written, capabilities: Pick<Capabilities, 'captionChars'>): Draft[] {
  const { conversationId, channel, attachments } = written
  const text = written.text.trim()
  const files = attachments.filter(isUploaded)
  const [firstFile] = files
  const isCaption = firstFile !== undefined && text !== '' && text.length <= capabilities.captionChars && carriesCaption(firstFile)
  const replyTo = written.replyTo && { messageId: written.replyTo.id, kind: written.replyTo.kind, preview: written.replyTo.body || null }
  const drafts: Draft[] = files.map((file) => mediaDraft(file, isCaption && file === firstFile ? text : '', { conversationId, channel }))
  if (text !== '' && !isCaption) {
    drafts.push({
      conversationId,
      content: { kind: 'text', text },
      bubble: { kind: 'text', body: text, content: {}, attachments: [], replyTo: null, channel },
    })
  }
  const [first, ...rest] = drafts
  return first ? [{ ...first, bubble: { ...first.bubble, replyTo } }, ...rest] : []
}

type Uploaded = Picked & { uploadId: Id<'upload'> }
const isUploaded = (file: Picked): file is Uploaded => file.uploadId !== null
const carriesCaption = (file: Picked) => file.kind === 'image' || file.kind === 'video' || file.kind === 'document'

function mediaDraft(file: Uploaded, caption: string, to: { conversationId: Id<'conversation'>; channel: ChannelKind }): Draft {
  const { kind, previewUrl } = file
  const attachment: MessageView['attachments'][number] = {
    id: newId('attachment'),
    kind,
    mimeType: file.file.type,
    fileName: file.file.name,
    sizeBytes: file.file.size,
    state: 'stored',
    failure: null,
    url: previewUrl,
    width: null,
    height: null,
  }
  return {
    conversationId: to.conversationId,
    content: { kind: 'media', uploadId: file.uploadId, ...(caption ? { caption } : {}) },
    bubble: { kind, body: caption, content: {}, attachments: [attachment], replyTo: null, channel: to.channel },
  }
}
