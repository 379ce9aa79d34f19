import type { Id } from '#platform/ids.ts'

export interface MemberView {
  id: Id<'member'>
  name: string
  email: string
  status: 'active' | 'suspended'
  roles: { id: Id<'role'>; key: string; name: string }[]
}

/** A workspace a user may enter. */
export interface TenantOfUser {
  tenantId: Id<'tenant'>
  memberId: Id<'member'>
  slug: string
  name: string
}
