import { formatLocaleOf, type Language } from './languages.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Dates, times and numbers in one language and time zone. */
export interface Format {
  number(value: number): string
  /** 14:32 */
  time(iso: string): string
  /** 20 November 2026 at 14:32 */
  moment(iso: string): string
  /** The day of a divider: today and yesterday by name, this week by weekday, else by date. */
  day(iso: string, now: number): string
  /** As short as a list wants it: minutes within the hour, then the time, then the day. */
  short(iso: string, now: number): string
  /** `2026-11-20`: the calendar day in this time zone, to tell days apart. */
  dayKey(iso: string): string
  bytes(value: number): string
  /** 1:05, for players. */
  clock(seconds: number): string
}

export function createFormat(language: Language, timeZone: string): Format {
  const locale = formatLocaleOf(language)
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options })
  const time = dates({ hour: 'numeric', minute: '2-digit' })
  const moment = dates({ dateStyle: 'long', timeStyle: 'short' })
  const weekday = dates({ weekday: 'long' })
  const weekdayShort = dates({ weekday: 'short' })
  const thisYear = dates({ day: 'numeric', month: 'short' })
  const dayOfYear = dates({ weekday: 'long', day: 'numeric', month: 'long' })
  const anyYear = dates({ day: 'numeric', month: 'short', year: 'numeric' })
  const key = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const narrow = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' })
  const number = new Intl.NumberFormat(locale)
  const daysAgo = (iso: string, now: number) => Math.round((Date.parse(key.format(now)) - Date.parse(key.format(new Date(iso)))) / DAY)
  const isThisYear = (iso: string, now: number) => key.format(now).slice(0, 4) === key.format(new Date(iso)).slice(0, 4)
  return {
    number: (value) => number.format(value),
    time: (iso) => time.format(new Date(iso)),
    moment: (iso) => moment.format(new Date(iso)),
    dayKey: (iso) => key.format(new Date(iso)),
    day: (iso, now) => {
      const days = daysAgo(iso, now)
      if (days === 0 || days === 1) return capitalised(relative.format(-days, 'day'), locale)
      if (days > 1 && days < 7) return weekday.format(new Date(iso))
      return (isThisYear(iso, now) ? dayOfYear : anyYear).format(new Date(iso))
    },
    short: (iso, now) => {
      const age = now - Date.parse(iso)
      if (age < MINUTE) return narrow.format(0, 'second')
      if (age < HOUR) return narrow.format(-Math.floor(age / MINUTE), 'minute')
      const days = daysAgo(iso, now)
      // Shortly after midnight "yesterday" would sound longer ago than it is.
      if (days <= 0 || age < 6 * HOUR) return time.format(new Date(iso))
      if (days === 1) return capitalised(relative.format(-1, 'day'), locale)
      if (days < 7) return weekdayShort.format(new Date(iso))
      return (isThisYear(iso, now) ? thisYear : anyYear).format(new Date(iso))
    },
    bytes: (value) => formatBytes(value, locale),
    clock: (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`,
  }
}

function capitalised(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
}

function formatBytes(value: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte'] as const
  const step = value < 1_000 ? 0 : value < 1_000_000 ? 1 : 2
  const options = { style: 'unit', unit: units[step] ?? 'byte', unitDisplay: 'short', maximumFractionDigits: step === 2 ? 1 : 0 } as const
  return new Intl.NumberFormat(locale, options).format(value / 1_000 ** step)
}

/** What is left until `iso`, in whole units of which at most two are shown; null when the moment has passed. */
export function timeLeft(iso: string, now: number): { hours: number; minutes: number } | null {
  const left = Date.parse(iso) - now
  if (left <= 0) return null
  const minutes = Math.ceil(left / MINUTE)
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
