import type { AttachmentView } from '#modules/messages/types.ts'
import { AudioPart } from './audio-part.tsx'
import { DocumentPart } from './document-part.tsx'
import { ImagePart } from './image-part.tsx'
import { MissingPart } from './missing-part.tsx'

/** One file of a message, shown as what it is; or why it is not here (yet). */
export function MediaBody({ attachment }: { attachment: AttachmentView }) {
  const { url } = attachment
  if (attachment.state !== 'stored' || url === null) return <MissingPart attachment={attachment} />
  switch (attachment.kind) {
    case 'image':
    case 'sticker':
      return <ImagePart attachment={attachment} url={url} />
    case 'video':
      return (
        // biome-ignore lint/a11y/useMediaCaption: customers send their videos without captions
        <video
          controls
          preload="metadata"
          src={url}
          className="max-h-80 w-full rounded-lg bg-black"
          aria-label={attachment.fileName ?? undefined}
        />
      )
    case 'audio':
    case 'voice':
      return <AudioPart url={url} kind={attachment.kind} />
    case 'document':
      return <DocumentPart attachment={attachment} url={url} />
  }
}
