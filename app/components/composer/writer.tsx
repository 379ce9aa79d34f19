import { ArrowUp, Paperclip, ScrollText } from 'lucide-react'
import { type DragEvent, forwardRef, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '#app/live/hooks.ts'
import type { Capabilities } from '#channels/connector.ts'
import { LIMITS } from '#platform/limits.ts'
import { useViewer } from '../shell/viewer.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { cx } from '../ui/cx.ts'
import { Dialog } from '../ui/dialog.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { AttachmentTray } from './attachment-tray.tsx'
import { draftsOf } from './drafts.ts'
import { Editor, type EditorHandle } from './editor.tsx'
import { EmojiButton } from './emoji-button.tsx'
import { MissedBanner } from './missed-banner.tsx'
import type { Outlet } from './outlet.ts'
import { RefusedFiles } from './refused-files.tsx'
import { ReplyStrip } from './reply-strip.tsx'
import { TemplatePicker } from './template-picker.tsx'
import { useAttachments } from './use-attachments.ts'
import { useDraft } from './use-draft.ts'
import { useTyping } from './use-typing.ts'

/** From here the number of characters left is shown. */
const COUNT_FROM = 200

/** Writes and sends: words, files by button, drop or paste, emoji, templates. What was typed is kept until it was sent. */
export const Writer = forwardRef<EditorHandle, { outlet: Outlet; capabilities: Capabilities }>(function Writer(
  { outlet, capabilities },
  ref,
) {
  const { t } = useTranslation('composer')
  const { outbox } = useLive()
  const { conversationId, contactName, replyTo, setReplyTo } = useThreadScreen()
  const { may } = useViewer()
  const [text, setText] = useDraft(conversationId)
  const files = useAttachments(outlet.channel, capabilities)
  const [isDropping, setDropping] = useState(false)
  const [areTemplatesOpen, setTemplatesOpen] = useState(false)
  const editor = useRef<EditorHandle>(null)
  const picker = useRef<HTMLInputElement>(null)
  useImperativeHandle(ref, () => ({ focus: () => editor.current?.focus(), insert: (words) => editor.current?.insert(words) ?? false }))
  useEffect(() => {
    if (replyTo) editor.current?.focus()
  }, [replyTo])
  const typed = useTyping(conversationId, capabilities.typing)

  const left = Math.min(capabilities.textChars, LIMITS.replyChars) - text.length
  const isUploading = files.attachments.some((file) => file.uploadId === null && file.failure === null)
  const hasContent = text.trim() !== '' || files.attachments.some((file) => file.uploadId !== null)
  const canSend = hasContent && left >= 0 && !isUploading
  const send = () => {
    if (!canSend) return
    const drafts = draftsOf({ ...outlet, conversationId, text, attachments: files.attachments, replyTo }, capabilities)
    for (const draft of drafts) void outbox.send(draft)
    setText('')
    files.clear()
    setReplyTo(null)
    editor.current?.focus()
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setDropping(false)
    files.add([...event.dataTransfer.files])
  }
  return (
    <section
      aria-label={t('label')}
      onDragOver={(event) => {
        event.preventDefault()
        setDropping(true)
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={drop}
      className={cx(
        'relative rounded-2xl border border-line bg-surface shadow-card transition-colors focus-within:border-accent',
        isDropping && 'border-accent border-dashed bg-accent-soft',
      )}
    >
      {isDropping && (
        <p className="pointer-events-none absolute inset-0 flex items-center justify-center font-medium text-accent-ink">{t('drop')}</p>
      )}
      <MissedBanner />
      {replyTo && <ReplyStrip message={replyTo} />}
      <RefusedFiles refused={files.refused} onDismiss={files.forgetRefused} />
      <AttachmentTray attachments={files.attachments} onRemove={files.remove} onRetry={files.retry} />
      <Editor
        ref={editor}
        value={text}
        onChange={(next) => {
          setText(next)
          if (next !== '') typed()
        }}
        onSubmit={send}
        onPasteFiles={files.add}
        label={t('label')}
        placeholder={files.attachments.length > 0 ? t('upload.caption') : t('placeholder', { name: contactName })}
        isInvalid={left < 0}
        describedBy="chars-left"
      />
      <div className={cx('flex items-center gap-0.5 px-2 pb-2', isDropping && 'invisible')}>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            files.add([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        <IconButton label={t('attach')} side="top" onClick={() => picker.current?.click()}>
          <Paperclip aria-hidden />
        </IconButton>
        <EmojiButton onPick={(emoji) => editor.current?.insert(emoji)} />
        {capabilities.templates && may.sendTemplate && (
          <IconButton label={t('template')} side="top" onClick={() => setTemplatesOpen(true)}>
            <ScrollText aria-hidden />
          </IconButton>
        )}
        <span className="flex-1" />
        <span
          id="chars-left"
          aria-live="polite"
          className={cx('px-2 text-xs tabular-nums', left < 0 ? 'font-medium text-danger' : 'text-ink-faint')}
        >
          {left < 0 ? t('too_long', { count: -left }) : left < COUNT_FROM ? t('chars_left', { left }) : ''}
        </span>
        <button
          type="button"
          onClick={send}
          aria-label={t('send')}
          aria-disabled={!canSend}
          className="flex size-9 items-center justify-center rounded-xl bg-accent text-on-accent transition-colors hover:bg-accent-hover aria-disabled:bg-hover aria-disabled:text-ink-faint pointer-coarse:size-10"
        >
          <ArrowUp aria-hidden className="size-5" />
        </button>
      </div>
      <Dialog open={areTemplatesOpen} onOpenChange={setTemplatesOpen} title={t('templates.title')} className="h-[36rem]">
        <TemplatePicker {...outlet} onSent={() => setTemplatesOpen(false)} />
      </Dialog>
    </section>
  )
})
