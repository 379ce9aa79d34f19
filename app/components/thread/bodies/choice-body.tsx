import { MousePointerClick } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { InboundContent } from '#channels/connector.ts'

/** What the customer chose from what we offered: a button, a list row, a form. */
export function ChoiceBody({ choice, text }: { choice: NonNullable<InboundContent['choice']>; text: string }) {
  const { t } = useTranslation('thread')
  const answers = choice.source === 'flow' ? flowAnswers(choice.data) : []
  return (
    <div>
      <p className="flex items-center gap-1.5 text-ink-soft text-xs">
        <MousePointerClick aria-hidden className="size-3.5" />
        {t(`choice.${choice.source}`)}
      </p>
      <p dir="auto" className="font-medium">
        {choice.title ?? (text || choice.id)}
      </p>
      {answers.length > 0 && (
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 text-xs">
          {answers.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-soft">{name}</dt>
              <dd dir="auto" className="break-words">
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}

/** A form's plain answers; the provider's own token and nested parts are of no use to a reader. */
function flowAnswers(data: unknown): [string, string][] {
  if (typeof data !== 'object' || data === null) return []
  return Object.entries(data)
    .filter(([name, value]) => name !== 'flow_token' && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => [name.replaceAll('_', ' '), String(value)])
}
