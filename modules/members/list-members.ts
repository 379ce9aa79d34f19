import type { Scope } from '#platform/scope.ts'
import type { MemberView } from './types.ts'

/** Every member of the tenant by name; for pickers and for the members page. */
export async function listMembers(scope: Scope): Promise<MemberView[]> {
  throw new Error('being written')
}
