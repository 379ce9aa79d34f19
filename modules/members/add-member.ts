import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Id } from '#platform/ids.ts'
import type { Result } from '#platform/result.ts'

export interface AddMember {
  tenantId: Id<'tenant'>
  user: { userId: string; name: string; email: string }
  roleKeys: readonly string[]
}

/** The operator's way to add a member (CLI, seed). */
export async function addMember(
  database: Database,
  clock: Clock,
  input: AddMember,
): Promise<Result<{ memberId: Id<'member'> }, 'not_found' | 'already_exists'>> {
  throw new Error('being written')
}
