import { RemixBrowser } from '@remix-run/react'
import { startTransition } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { loadCatalogue } from './i18n/catalogue.ts'
import { createI18n } from './i18n/instance.ts'
import { isLanguage } from './i18n/languages.ts'

// Dialogs add a style element of their own, which needs the page's nonce; get-nonce looks for it under this name.
Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce })

/** The words come before the first render, or it would differ from what the server sent. */
async function hydrate(): Promise<void> {
  const { lang } = document.documentElement
  const language = isLanguage(lang) ? lang : 'en'
  const i18n = createI18n(language, await loadCatalogue(language))
  startTransition(() => {
    hydrateRoot(
      document,
      <I18nextProvider i18n={i18n}>
        <RemixBrowser />
      </I18nextProvider>,
    )
  })
}

void hydrate()
