import { useTranslation } from 'react-i18next'
import type { TemplatePreview as Preview } from '#modules/templates/types.ts'

/** The template as a bubble, the way the customer will get it. */
export function TemplatePreview({ preview }: { preview: Preview }) {
  const { t } = useTranslation('composer')
  return (
    <figure className="rounded-2xl rounded-ee-md bg-bubble-out px-3 py-2">
      <figcaption className="sr-only">{t('templates.preview')}</figcaption>
      {preview.header && (
        <p dir="auto" className="font-semibold">
          {preview.header}
        </p>
      )}
      <p dir="auto" className="whitespace-pre-wrap break-words">
        {preview.body}
      </p>
      {preview.footer && (
        <p dir="auto" className="mt-1 text-ink-soft text-xs">
          {preview.footer}
        </p>
      )}
      {preview.buttons.length > 0 && (
        <ul className="mt-2 flex flex-col gap-1">
          {preview.buttons.map((label) => (
            <li
              key={label}
              dir="auto"
              className="rounded-lg border border-line-strong/40 px-3 py-1 text-center font-medium text-accent-ink"
            >
              {label}
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}
