import { ScrollText, Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TemplateView } from '#modules/templates/types.ts'
import { Empty } from '../ui/empty.tsx'
import { Words } from '../ui/words.tsx'
import { searchTemplates } from './template-values.ts'

/** All templates of the channel, found by their words. Those that can't be sent say why. */
export function TemplateList({ templates, onPick }: { templates: readonly TemplateView[]; onPick(template: TemplateView): void }) {
  const { t } = useTranslation('composer')
  const [search, setSearch] = useState('')
  const found = searchTemplates(templates, search)
  if (templates.length === 0) {
    return (
      <Empty icon={ScrollText} title={t('templates.none')}>
        {t('templates.none_text')}
      </Empty>
    )
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <label className="m-3 flex h-9 items-center gap-2 rounded-lg border border-line bg-surface px-3 focus-within:outline-2 focus-within:outline-accent">
        <Search aria-hidden className="size-4 text-ink-faint" />
        <span className="sr-only">{t('templates.search')}</span>
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder={t('templates.search')}
          data-template-search
          className="min-w-0 flex-1 bg-transparent outline-none"
        />
      </label>
      <ul className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {found.map((template) => (
          <li key={template.id}>
            <button
              type="button"
              disabled={template.blockedBy !== null}
              onClick={() => onPick(template)}
              className="w-full rounded-lg px-2.5 py-2 text-start outline-offset-[-2px] hover:enabled:bg-hover disabled:opacity-60"
            >
              <span className="flex items-center gap-2">
                <Words className="min-w-0 truncate font-medium">{template.name.replaceAll('_', ' ')}</Words>
                <span className="rounded bg-hover px-1.5 py-0.5 text-[0.6875rem] text-ink-soft">{template.language}</span>
                {template.blockedBy && (
                  <span className="ms-auto whitespace-nowrap text-warning text-xs">
                    {template.blockedBy === 'not_approved'
                      ? t('templates.not_approved', { status: template.status })
                      : t('templates.unsupported_parts')}
                  </span>
                )}
              </span>
              <span dir="auto" className="mt-0.5 line-clamp-2 block text-ink-soft text-xs">
                {template.preview.body}
              </span>
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="p-4 text-center text-ink-soft">{t('templates.no_match')}</li>}
      </ul>
    </div>
  )
}
