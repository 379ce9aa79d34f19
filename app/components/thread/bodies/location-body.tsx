import { ExternalLink, MapPin } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { LocationContent } from '#channels/connector.ts'

/** A place: its name and address, and a link to a map. Nothing is loaded from a map service before somebody asks. */
export function LocationBody({ location }: { location: LocationContent }) {
  const { t } = useTranslation('thread')
  const { latitude, longitude } = location
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`
  return (
    <div className="flex min-w-56 items-start gap-3 rounded-lg bg-bubble-quote p-3">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-surface text-danger">
        <MapPin aria-hidden className="size-5" />
      </span>
      <div className="min-w-0">
        <p dir="auto" className="font-medium">
          {location.name ?? t('location')}
        </p>
        {location.address && (
          <p dir="auto" className="text-ink-soft text-xs">
            {location.address}
          </p>
        )}
        <p dir="ltr" className="text-ink-soft text-xs tabular-nums">
          {latitude.toFixed(5)}, {longitude.toFixed(5)}
        </p>
        <a
          href={map}
          target="_blank"
          rel="noopener noreferrer"
          className="mt-1 inline-flex items-center gap-1 font-medium text-accent-ink underline underline-offset-2"
        >
          {t('map')}
          <ExternalLink aria-hidden className="size-3.5" />
        </a>
      </div>
    </div>
  )
}
