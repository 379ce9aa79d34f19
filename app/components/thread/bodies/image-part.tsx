import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AttachmentView } from '#modules/messages/types.ts'
import { cx } from '../../ui/cx.ts'
import { MissingPart } from './missing-part.tsx'

/** A photo or sticker at the size it will have, so that nothing jumps when it arrives. A photo opens in full. */
export function ImagePart({ attachment, url }: { attachment: AttachmentView; url: string }) {
  const { t } = useTranslation('thread')
  const [brokenUrl, setBrokenUrl] = useState<string | null>(null)
  if (brokenUrl === url) return <MissingPart attachment={{ ...attachment, state: 'failed' }} />
  const isSticker = attachment.kind === 'sticker'
  const image = (
    <img
      src={url}
      alt={attachment.fileName ?? t(attachment.kind === 'sticker' ? 'sticker' : 'image')}
      loading="lazy"
      decoding="async"
      onError={() => setBrokenUrl(url)}
      width={attachment.width ?? undefined}
      height={attachment.height ?? undefined}
      className={cx(
        'h-auto max-w-full',
        isSticker ? 'size-36 object-contain' : 'max-h-80 min-h-24 w-auto rounded-lg bg-hover object-cover',
      )}
    />
  )
  if (isSticker) return image
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" aria-label={t('image_open')} className="block w-fit rounded-lg">
      {image}
    </a>
  )
}
