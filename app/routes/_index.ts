import { redirect } from '@remix-run/node'
import { publicRoute } from '#app/http/demands.ts'

/** The inbox is where people work; whoever is not signed in is sent on from there. */
export function loader() {
  publicRoute()
  return redirect('/inbox')
}
