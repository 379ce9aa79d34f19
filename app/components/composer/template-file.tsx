import { Paperclip } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import { mediaKindOf } from './media-kind.ts'
import { upload } from './upload.ts'

/** The picture, video or document above a template's text. */
export function TemplateFile(props: {
  kind: 'image' | 'video' | 'document'
  channel: ChannelKind
  isMissing: boolean
  onStored(uploadId: Id<'upload'> | null): void
}) {
  const { t } = useTranslation(['composer', 'refusals'])
  const { capabilities } = useThreadScreen()
  const [picked, setPicked] = useState<{ name: string; isRunning: boolean; refusal: string | null } | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const allowed = capabilities?.media[props.kind]?.outbound.mimeTypes ?? []
  const take = async (file: File) => {
    props.onStored(null)
    const found = capabilities && mediaKindOf(file, capabilities)
    if (!found || 'why' in found || found.kind !== props.kind) {
      const refusal = t('upload.wrong_type', { name: file.name, allowed: allowed.map((type) => type.split('/')[1]).join(', ') })
      return setPicked({ name: file.name, isRunning: false, refusal })
    }
    setPicked({ name: file.name, isRunning: true, refusal: null })
    const answer = await upload(file, { channel: props.channel, onProgress: () => {}, signal: new AbortController().signal })
    if (answer.ok) props.onStored(answer.value.id)
    setPicked({ name: file.name, isRunning: false, refusal: answer.ok ? null : t(`refusals:${answer.code}`) })
  }
  const words = picked?.refusal ?? (props.isMissing ? t('templates.required') : null)
  return (
    <div>
      <p className="mb-1 font-medium text-xs">{t(`templates.header_file.${props.kind}`)}</p>
      <input
        ref={input}
        type="file"
        accept={allowed.join(',')}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) void take(file)
          event.target.value = ''
        }}
      />
      <Button
        busy={picked?.isRunning}
        onClick={() => input.current?.click()}
        aria-invalid={props.isMissing || undefined}
        className="max-w-full"
      >
        <Paperclip aria-hidden className="size-4" />
        <Words className="truncate">{picked?.name ?? t('templates.choose_file')}</Words>
      </Button>
      {words && (
        <p role="alert" className="mt-1 text-danger text-xs">
          {words}
        </p>
      )}
    </div>
  )
}
