import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useActionData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { type LoginRefusal, LoginScreen } from '#app/components/login/login-screen.tsx'
import { pageTitle } from '#app/components/shell/page-title.ts'
import { safeNext } from '#app/http/cookies.ts'
import { publicRoute } from '#app/http/demands.ts'
import { parseForm } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail } from '#platform/result.ts'

const Credentials = z.object({
  email: z.string().trim().max(LIMITS.identityChars),
  password: z.string().max(LIMITS.passwordChars),
  next: z.string().max(LIMITS.urlChars).optional(),
})

/** Whoever is signed in has no business here. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  publicRoute()
  const { searchParams } = new URL(request.url)
  const isSignedIn = (await context.weft.auth.sessionOf(request.headers)) !== null
  return isSignedIn ? redirect(safeNext(searchParams.get('next'), '/inbox')) : null
}

export async function action({ request, context }: ActionFunctionArgs) {
  publicRoute()
  const { next, ...credentials } = await parseForm(request, Credentials)
  const signedIn = await context.weft.auth.signIn(request, credentials)
  if (signedIn.ok) return redirect(safeNext(next ?? null, '/inbox'), { headers: signedIn.value })
  return respond(fail(signedIn.code, { email: credentials.email }))
}

export const meta: MetaFunction = ({ matches }) => [{ title: pageTitle(matches, 'login') }]

export default function Login() {
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  return <LoginScreen refusal={refusalOf(answer)} next={search.get('next')} hasSignedOut={search.has('out')} />
}

/** What was wrong, and the address as it was typed. */
function refusalOf(answer: ReturnType<typeof useActionData<typeof action>>): LoginRefusal | null {
  if (!answer || !('code' in answer)) return null
  const { detail } = answer
  const email = typeof detail === 'object' && detail !== null && 'email' in detail ? String(detail.email) : ''
  return { code: answer.code, email }
}
