/** Cookies that hold what a browser was told: the language and the theme a person chose, and the time zone it reports. */
export const LANGUAGE_COOKIE = 'weft_language'
export const THEME_COOKIE = 'weft_theme'
export const ZONE_COOKIE = 'weft_zone'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const isTheme = (value: unknown): value is Theme => THEMES.includes(value as Theme)

/** A time zone that this runtime knows; cookies may hold anything. */
export function isTimeZone(value: string | null): value is string {
  if (value === null || value === '') return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}
