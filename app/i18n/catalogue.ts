import type { Language } from './languages.ts'
import type en from './locales/en/index.ts'

/** All words of one language. English is the shape the others must have; a test compares them, plural forms included. */
export type Catalogue = typeof en

const catalogues: Record<Language, () => Promise<{ default: unknown }>> = {
  en: () => import('./locales/en/index.ts'),
  ar: () => import('./locales/ar/index.ts'),
  id: () => import('./locales/id/index.ts'),
}

/** Loads one language's words; a browser fetches no other. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return (await catalogues[language]()).default as Catalogue
}
