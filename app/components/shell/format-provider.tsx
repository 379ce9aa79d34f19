import { type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react'
import { createFormat } from '#app/i18n/format.ts'
import { ZONE_COOKIE } from '#app/i18n/page-settings.ts'
import { FormatContext } from '#app/live/hooks.ts'
import { usePage } from './viewer.ts'

const never = () => () => {}
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Dates in the reader's own time zone: the server's guess first, then what the browser says, which the server remembers. */
export function FormatProvider({ children }: { children: ReactNode }) {
  const { language, timeZone, serverNow } = usePage()
  const zone = useSyncExternalStore(never, browserZone, () => timeZone)
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser
    if (zone !== timeZone) document.cookie = `${ZONE_COOKIE}=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`
  }, [zone, timeZone])
  const value = useMemo(() => ({ format: createFormat(language, zone), serverNow }), [language, zone, serverNow])
  return <FormatContext.Provider value={value}>{children}</FormatContext.Provider>
}
