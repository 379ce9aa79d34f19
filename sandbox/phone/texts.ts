import { ar } from './texts-ar.ts'
import { en, type Texts } from './texts-en.ts'
import { id } from './texts-id.ts'

export type { Texts } from './texts-en.ts'

export const LANGUAGES = ['en', 'ar', 'id'] as const
export type Language = (typeof LANGUAGES)[number]

export const TEXTS: Readonly<Record<Language, Texts>> = { en, ar, id }

/** The language asked for, else the first that the browser names and we speak, else English. */
export function chooseLanguage(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const wanted = [asked ?? '', ...(acceptLanguage ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase())]
  return wanted.flatMap((word) => LANGUAGES.filter((language) => language === word))[0] ?? 'en'
}

/** The direction of a language. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}
