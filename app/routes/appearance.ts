import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { setCookie } from '#app/http/cookies.ts'
import { publicRoute } from '#app/http/demands.ts'
import { parseJson } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { LANGUAGES } from '#app/i18n/languages.ts'
import { LANGUAGE_COOKIE, THEME_COOKIE, THEMES } from '#app/i18n/page-settings.ts'
import { setPreferences } from '#modules/members/index.ts'
import { ok } from '#platform/result.ts'

const Choice = z.object({ language: z.enum(LANGUAGES).optional(), theme: z.enum(THEMES).optional() })
const YEAR_SECONDS = 31_536_000

/** Language and theme, for this browser and for the person; the login page offers them too, so nobody need be signed in. */
export async function action({ request, context }: ActionFunctionArgs) {
  publicRoute()
  const { language, theme } = await parseJson(request, Choice)
  const options = { secure: context.weft.env.PUBLIC_URL?.startsWith('https:') ?? false, maxAgeSeconds: YEAR_SECONDS }
  const headers = new Headers()
  if (language) headers.append('set-cookie', setCookie(LANGUAGE_COOKIE, language, options))
  if (theme) headers.append('set-cookie', setCookie(THEME_COOKIE, theme, options))
  const person = await context.weft.auth.sessionOf(request.headers)
  if (person) await setPreferences(context.weft.database, person.userId, { locale: language, theme })
  return respond(ok({ language, theme }), { headers })
}
