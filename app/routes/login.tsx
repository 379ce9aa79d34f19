import { type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { useActionData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { LoginScreen } from '#app/components/login/login-screen.tsx'
import { pageTitle } from '#app/components/shell/page-title.ts'
import { safeNext } from '#app/http/cookies.ts'
import { publicRoute } from '#app/http/demands.ts'
import { parseForm } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { LIMITS } from '#platform/limits.ts'

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
  return isSignedIn ? redirect(safeNext(searchParams.get('next'))) : null
}

export async function action({ request, context }: ActionFunctionArgs) {
  publicRoute()
  const { next, ...credentials } = await parseForm(request, Credentials)
  const signedIn = await context.weft.auth.signIn(request, credentials)
  return signedIn.ok ? redirect(safeNext(next ?? null), { headers: signedIn.value }) : respond(signedIn)
}

export const meta: MetaFunction = ({ matches }) => [{ title: pageTitle(matches, 'login') }]

export default function Login() {
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  const refusal = answer && 'code' in answer ? answer.code : null
  return <LoginScreen refusal={refusal} next={search.get('next')} hasSignedOut={search.has('out')} />
}
