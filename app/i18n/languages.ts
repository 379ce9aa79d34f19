/** The languages of our screens; what customers write is anybody's. */
export const LANGUAGES = ['en', 'ar', 'id'] as const
export type Language = (typeof LANGUAGES)[number]

/** A language's own name for itself, for the person who can't read the current one. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ar: 'العربية', id: 'Bahasa Indonesia' }

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** Latin digits in Arabic too: they stand beside phone numbers and order numbers, which customers write with them. */
export const formatLocaleOf = (language: Language): string => (language === 'ar' ? 'ar-u-nu-latn' : language)

export const isLanguage = (value: unknown): value is Language => LANGUAGES.includes(value as Language)

/**
 * The language to answer in: what the browser was told here, else what the person settled on, else what the browser asks for.
 * @param acceptLanguage the header, RFC 9110 section 12.5.4
 */
export function chooseLanguage(wishes: { cookie: string | null; user: string | null; acceptLanguage: string | null }): Language {
  if (isLanguage(wishes.cookie)) return wishes.cookie
  if (isLanguage(wishes.user)) return wishes.user
  const asked = (wishes.acceptLanguage ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((value) => value !== undefined)
      // Old browsers say `in` for Indonesian.
      const base = tag.split('-')[0] === 'in' ? 'id' : tag.split('-')[0]
      return { language: base, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter((entry): entry is { language: Language; quality: number } => isLanguage(entry.language) && entry.quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return asked[0]?.language ?? 'en'
}
