import { forwardRef, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useViewer } from '../shell/viewer.ts'
import { Blocked } from './blocked.tsx'
import type { EditorHandle } from './editor.tsx'
import type { Outlet } from './outlet.ts'
import { TemplatePicker } from './template-picker.tsx'

/** The reply window has closed: the templates stand open in the writer's place, since nothing else may be sent. */
export const ClosedWindow = forwardRef<EditorHandle, { outlet: Outlet; hours: number }>(function ClosedWindow({ outlet, hours }, ref) {
  const { t } = useTranslation('composer')
  const { may } = useViewer()
  const self = useRef<HTMLElement>(null)
  useImperativeHandle(ref, () => ({
    focus: () => self.current?.querySelector<HTMLElement>('input, button')?.focus(),
    insert: () => false,
  }))
  if (!may.sendTemplate) return <Blocked>{`${t('window_closed')}. ${t('templates.no_permission')}`}</Blocked>
  return (
    <section
      ref={self}
      aria-labelledby="window-closed"
      className="flex max-h-[min(26rem,55dvh)] flex-col overflow-hidden rounded-2xl border border-line bg-surface shadow-card"
    >
      <header className="bg-warning-soft px-4 py-2.5 text-warning">
        <h2 id="window-closed" className="font-semibold">
          {t('window_closed')}
        </h2>
        <p className="text-xs">{t('window_closed_text', { hours })}</p>
      </header>
      <TemplatePicker {...outlet} onSent={() => {}} />
    </section>
  )
})
