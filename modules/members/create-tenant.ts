import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Id } from '#platform/ids.ts'
import type { Result } from '#platform/result.ts'

export interface CreateTenant {
  name: string
  slug: string
  locale?: string
  timeZone?: string
  /** Signs in already (app/auth.ts makes users); becomes the first Admin. */
  admin: { userId: string; name: string; email: string }
  conversationSlot?: 'all' | 'account'
}

export async function createTenant(
  database: Database,
  clock: Clock,
  input: CreateTenant,
): Promise<Result<{ tenantId: Id<'tenant'>; memberId: Id<'member'> }, 'already_exists'>> {
  throw new Error('being written')
}
