import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '#app/live/hooks.ts'
import type { TemplateView } from '#modules/templates/types.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { Outlet } from './outlet.ts'
import { TemplateForm } from './template-form.tsx'
import { TemplateList } from './template-list.tsx'
import { type FilledIn, valuesOf } from './template-values.ts'
import { useTemplates } from './use-templates.ts'

/** Finds a template, fills it in and sends it; in a dialog, or in the composer's place when nothing else may be sent. */
export function TemplatePicker(props: Outlet & { onSent(): void }) {
  const { t } = useTranslation(['composer', 'shell'])
  const { outbox } = useLive()
  const { conversationId } = useThreadScreen()
  const known = useTemplates(props.channelAccountId)
  const [picked, setPicked] = useState<TemplateView | null>(null)
  const send = (template: TemplateView, filled: FilledIn, words: string) => {
    void outbox.send({
      conversationId,
      content: { kind: 'template', templateId: template.id, ...valuesOf(template.form, filled) },
      bubble: { kind: 'template', body: words, content: {}, attachments: [], replyTo: null, channel: props.channel },
    })
    setPicked(null)
    props.onSent()
  }
  if (picked) {
    return (
      <TemplateForm
        template={picked}
        channel={props.channel}
        onBack={() => setPicked(null)}
        onSend={(filled, words) => send(picked, filled, words)}
      />
    )
  }
  if (known.state === 'here') return <TemplateList templates={known.templates} onPick={setPicked} />
  if (known.state === 'loading') {
    return (
      <p role="status" className="flex flex-1 items-center justify-center p-8 text-ink-faint">
        <Spinner />
        <span className="sr-only">{t('templates.loading')}</span>
      </p>
    )
  }
  return (
    <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-3 p-8 text-ink-soft">
      {t('templates.failed')}
      <Button size="small" onClick={known.again}>
        {t('shell:retry')}
      </Button>
    </div>
  )
}
