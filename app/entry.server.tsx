import { PassThrough } from 'node:stream'
import { type AppLoadContext, createReadableStreamFromReadable, type DataFunctionArgs, type EntryContext } from '@remix-run/node'
import { RemixServer } from '@remix-run/react'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import { I18nextProvider } from 'react-i18next'
import { noteUnexpected } from './http/boundary.ts'
import { cookieOf } from './http/cookies.ts'
import { loadCatalogue } from './i18n/catalogue.ts'
import { createI18n } from './i18n/instance.ts'
import { chooseLanguage, isLanguage, type Language } from './i18n/languages.ts'
import { LANGUAGE_COOKIE } from './i18n/page-settings.ts'
import { NonceContext } from './nonce.ts'

/** Loaders that take longer than this are given up, and what they would have filled shows an error. */
export const streamTimeout = 10_000

/** Renders a page in the reader's language, with this response's nonce on every inline script. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  { nonce, weft }: AppLoadContext,
): Promise<Response> {
  const language = languageOf(request, remix)
  const i18n = createI18n(language, await loadCatalogue(language))
  headers.set('content-type', 'text/html; charset=utf-8')
  headers.set('content-language', language)
  headers.set('cache-control', 'private, no-store')
  let finalStatus = status
  return new Promise((resolve, reject) => {
    const page = (
      <NonceContext.Provider value={nonce}>
        <I18nextProvider i18n={i18n}>
          <RemixServer context={remix} url={request.url} nonce={nonce} />
        </I18nextProvider>
      </NonceContext.Provider>
    )
    const answer = () => {
      const body = new PassThrough()
      resolve(new Response(createReadableStreamFromReadable(body), { headers, status: finalStatus }))
      pipe(body)
    }
    // Robots do not wait for what streams in later.
    const when = isbot(request.headers.get('user-agent') ?? '') ? { onAllReady: answer } : { onShellReady: answer }
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      ...when,
      onShellError: reject,
      onError: (error) => {
        finalStatus = 500
        noteUnexpected(error, request, weft.log)
      },
    })
    setTimeout(abort, streamTimeout + 1_000).unref()
  })
}

/** Every error that a loader, action or page throws and nobody expected. Refusals are answers and never come here. */
export function handleError(error: unknown, { request, context }: DataFunctionArgs): void {
  if (!request.signal.aborted) noteUnexpected(error, request, context.weft.log)
}

/** What the root loader chose; without its data (it failed, or the path is unknown), what the request alone tells. */
function languageOf(request: Request, remix: EntryContext): Language {
  const data: unknown = remix.staticHandlerContext.loaderData.root
  const chosen = typeof data === 'object' && data !== null && 'language' in data ? data.language : null
  if (isLanguage(chosen)) return chosen
  return chooseLanguage({ cookie: cookieOf(request, LANGUAGE_COOKIE), user: null, acceptLanguage: request.headers.get('accept-language') })
}
