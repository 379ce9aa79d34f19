import { List } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { OutboundContent } from '#channels/connector.ts'
import { TextBody } from './text-body.tsx'

type Interactive = Extract<OutboundContent, { kind: 'interactive' | 'list' }>

/** What we offered the customer to choose from, as they see it. */
export function OutboundBody({ content, text }: { content: Interactive; text: string }) {
  const { t } = useTranslation('thread')
  return (
    <div className="flex min-w-56 flex-col gap-1.5">
      {content.header && (
        <p dir="auto" className="font-semibold">
          {content.header}
        </p>
      )}
      <TextBody text={text || content.text} />
      {content.footer && (
        <p dir="auto" className="text-ink-soft text-xs">
          {content.footer}
        </p>
      )}
      {content.kind === 'interactive' ? (
        <ul className="mt-1 flex flex-col gap-1">
          {content.buttons.map((button) => (
            <li
              key={button.id}
              dir="auto"
              className="rounded-lg border border-line-strong/40 px-3 py-1.5 text-center font-medium text-accent-ink"
            >
              {button.title}
            </li>
          ))}
        </ul>
      ) : (
        <details className="mt-1 rounded-lg border border-line-strong/40">
          <summary className="flex cursor-pointer items-center justify-center gap-2 px-3 py-1.5 font-medium text-accent-ink">
            <List aria-hidden className="size-4" />
            {content.button || t('list_button')}
          </summary>
          <ul className="border-line border-t px-3 py-2">
            {content.sections
              .flatMap((section) => section.rows)
              .map((row) => (
                <li key={row.id} dir="auto" className="py-1">
                  {row.title}
                  {row.description && <span className="block text-ink-soft text-xs">{row.description}</span>}
                </li>
              ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** The composer's own description of what was sent, where the row has one. */
export function outboundOf(value: unknown): OutboundContent | null {
  return typeof value === 'object' && value !== null && 'kind' in value ? (value as OutboundContent) : null
}
