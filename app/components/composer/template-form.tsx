import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelKind } from '#channels/connector.ts'
import type { TemplateField, TemplateView } from '#modules/templates/types.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import { TemplateFile } from './template-file.tsx'
import { TemplatePreview } from './template-preview.tsx'
import { emptyFor, type FilledIn, filledPreview, isComplete } from './template-values.ts'

/** Fills in one template beside its preview; what is missing is said when one tries to send. */
export function TemplateForm(props: {
  template: TemplateView
  channel: ChannelKind
  onBack(): void
  onSend(filled: FilledIn, preview: string): void
}) {
  const { template } = props
  const { form } = template
  const { t } = useTranslation('composer')
  const [filled, setFilled] = useState<FilledIn>(() => emptyFor(form))
  const [isTried, setTried] = useState(false)
  const self = useRef<HTMLFormElement>(null)
  useEffect(() => self.current?.querySelector<HTMLElement>('input, button[type=submit]')?.focus(), [])
  const preview = filledPreview(template, filled)
  const send = () => {
    setTried(true)
    if (isComplete(form, filled)) props.onSend(filled, preview.body)
    else self.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }
  const text = (key: string, label: string, field: TemplateField, value: string, onChange: (value: string) => void) => (
    <TextField key={key} label={label} field={field} value={value} onChange={onChange} isMissing={isTried && value.trim() === ''} />
  )
  return (
    <form
      ref={self}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="flex items-center gap-2 px-3 pt-3">
        <Button kind="quiet" size="small" onClick={props.onBack}>
          <ArrowLeft aria-hidden className="mirror size-4" />
          {t('templates.back')}
        </Button>
        <Words className="min-w-0 truncate font-medium">{template.name.replaceAll('_', ' ')}</Words>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4">
        <TemplatePreview preview={preview} />
        {form.header?.kind === 'text' &&
          text(
            'header',
            t('templates.header_text', { placeholder: form.header.field.placeholder }),
            form.header.field,
            filled.headerText,
            (headerText) => setFilled({ ...filled, headerText }),
          )}
        {form.header && form.header.kind !== 'text' && (
          <TemplateFile
            kind={form.header.kind}
            channel={props.channel}
            isMissing={isTried && filled.headerUpload === null}
            onStored={(headerUpload) => setFilled((now) => ({ ...now, headerUpload }))}
          />
        )}
        {form.body.map((field, at) =>
          text(
            `body ${field.placeholder}`,
            t('templates.body', { placeholder: field.placeholder }),
            field,
            filled.body[at] ?? '',
            (value) => setFilled({ ...filled, body: filled.body.map((old, index) => (index === at ? value : old)) }),
          ),
        )}
        {form.buttons.map(({ index, label, field }) =>
          text(`button ${index}`, t('templates.button', { label }), field, filled.buttons[index] ?? '', (value) =>
            setFilled({ ...filled, buttons: { ...filled.buttons, [index]: value } }),
          ),
        )}
      </div>
      <div className="flex justify-end border-line border-t p-3">
        <Button type="submit" kind="primary">
          {t('templates.send')}
        </Button>
      </div>
    </form>
  )
}

function TextField(props: { label: string; field: TemplateField; value: string; onChange(value: string): void; isMissing: boolean }) {
  const { t } = useTranslation('composer')
  const { field } = props
  return (
    <label className="block">
      <span className="mb-1 block font-medium text-xs">{props.label}</span>
      <input
        dir="auto"
        value={props.value}
        maxLength={field.maxChars}
        onChange={(event) => props.onChange(event.target.value)}
        aria-invalid={props.isMissing || undefined}
        placeholder={field.example ? t('templates.example', { example: field.example }) : undefined}
        className="h-10 w-full rounded-lg border border-line bg-surface px-3 aria-[invalid]:border-danger"
      />
      {props.isMissing && <span className="mt-1 block text-danger text-xs">{t('templates.required')}</span>}
    </label>
  )
}
