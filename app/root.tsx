import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react'
import { Direction, Tooltip } from 'radix-ui'
import { type ReactNode, useContext } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorPage } from './components/shell/error-page.tsx'
import { FormatProvider } from './components/shell/format-provider.tsx'
import { NavigationBar } from './components/shell/navigation-bar.tsx'
import { cookieOf } from './http/cookies.ts'
import { publicRoute } from './http/demands.ts'
import { requestIdOf } from './http/guard.ts'
import { loadCatalogue } from './i18n/catalogue.ts'
import { chooseLanguage, directionOf, isLanguage } from './i18n/languages.ts'
import { isTheme, isTimeZone, LANGUAGE_COOKIE, THEME_COOKIE, ZONE_COOKIE } from './i18n/page-settings.ts'
import { NonceContext } from './nonce.ts'
import styles from './styles/app.css?url'
import icon from './styles/icon.svg?url'

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: icon, type: 'image/svg+xml' },
]

export const meta: MetaFunction = () => [{ title: 'Weft' }]

/** How to show pages to whoever asks: language, theme, time zone; and the server's clock, so that both sides begin alike. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  publicRoute()
  const { auth, clock } = context.weft
  const cookie = (name: string) => cookieOf(request, name)
  const [language, theme, zone] = [cookie(LANGUAGE_COOKIE), cookie(THEME_COOKIE), cookie(ZONE_COOKIE)]
  const isSettled = isLanguage(language) && isTheme(theme)
  const person = isSettled ? null : await auth.sessionOf(request.headers)
  const wishedTheme = theme ?? person?.theme
  const acceptLanguage = request.headers.get('accept-language')
  const chosen = chooseLanguage({ cookie: language, user: person?.locale ?? null, acceptLanguage })
  const words = await loadCatalogue(chosen)
  return {
    language: chosen,
    /** For `meta`, which has no translator. */
    titles: { inbox: words.inbox.title, login: words.login.title },
    theme: isTheme(wishedTheme) ? wishedTheme : 'system',
    timeZone: isTimeZone(zone) ? zone : 'UTC',
    serverNow: clock.now().getTime(),
    requestId: requestIdOf(request),
  }
}

/** Asked once per page: what it tells changes with a reload only. */
export const shouldRevalidate = () => false

export function Layout({ children }: { children: ReactNode }) {
  const page = useRouteLoaderData<typeof loader>('root')
  const nonce = useContext(NonceContext)
  const { i18n } = useTranslation()
  const language = page?.language ?? (isLanguage(i18n.language) ? i18n.language : 'en')
  const direction = directionOf(language)
  return (
    <html lang={language} dir={direction} data-theme={page?.theme ?? 'system'}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        <Links />
      </head>
      <body>
        <Direction.Provider dir={direction}>
          <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
            {children}
          </Tooltip.Provider>
        </Direction.Provider>
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  )
}

export default function App() {
  return (
    <FormatProvider>
      <NavigationBar />
      <Outlet />
    </FormatProvider>
  )
}

export function ErrorBoundary() {
  return <ErrorPage />
}
