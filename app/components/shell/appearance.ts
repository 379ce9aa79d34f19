import type { Language } from '#app/i18n/languages.ts'
import type { Theme } from '#app/i18n/page-settings.ts'
import { ask } from '#app/live/ask.ts'

/** Changes the theme at once and remembers it, for this browser and for the person. */
export async function chooseTheme(theme: Theme): Promise<void> {
  document.documentElement.dataset.theme = theme
  await ask('/appearance', { method: 'POST', body: { theme } })
}

/** A language reaches everywhere, direction and dates included, so the page is loaded anew in it. */
export async function chooseLanguage(language: Language): Promise<void> {
  const answer = await ask('/appearance', { method: 'POST', body: { language } })
  if (answer.ok) location.reload()
}
