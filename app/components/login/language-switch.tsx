import { useTranslation } from 'react-i18next'
import { LANGUAGE_NAMES, LANGUAGES } from '#app/i18n/languages.ts'
import { chooseLanguage } from '../shell/appearance.ts'
import { usePage } from '../shell/viewer.ts'

/** Every language under its own name, for who can't read this one. */
export function LanguageSwitch() {
  const { t } = useTranslation('shell')
  const { language } = usePage()
  return (
    <ul aria-label={t('account.language')} className="mt-6 flex justify-center gap-1">
      {LANGUAGES.map((each) => (
        <li key={each}>
          <button
            type="button"
            lang={each}
            aria-current={each === language ? 'true' : undefined}
            onClick={() => void chooseLanguage(each)}
            className="h-9 rounded-lg px-3 text-ink-soft hover:bg-hover hover:text-ink aria-[current]:font-medium aria-[current]:text-ink"
          >
            {LANGUAGE_NAMES[each]}
          </button>
        </li>
      ))}
    </ul>
  )
}
