import { type ActionFunctionArgs, redirect } from '@remix-run/node'
import { publicRoute } from '#app/http/demands.ts'

/** Ends the session. Nobody need be signed in to leave, so that leaving twice is no error. */
export async function action({ request, context }: ActionFunctionArgs) {
  publicRoute()
  return redirect('/login?out', { headers: await context.weft.auth.signOut(request) })
}

export function loader() {
  publicRoute()
  return redirect('/inbox')
}
