import { publicRoute } from '#app/http/demands.ts'
import { refuse } from '#app/http/respond.ts'

/** Every address that is none of ours. */
export function loader() {
  publicRoute()
  refuse('not_found')
}

export function action() {
  publicRoute()
  refuse('not_found')
}

export default function Nothing() {
  return null
}
