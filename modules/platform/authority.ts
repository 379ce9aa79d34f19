import { type Ability, AbilityBuilder, subject } from '@casl/ability'
import { createPrismaAbility } from '@casl/prisma/runtime'
import { z } from 'zod'
import type { Id } from './ids.ts'

/** Reach of a grant: which rows it covers, from the actor's own to the whole tenant. */
export const REACHES = ['own', 'team', 'teams', 'all'] as const
export type Reach = (typeof REACHES)[number]

export const Grant = z.object({ permission: z.string().max(100), reach: z.enum(REACHES) })
export type Grant = z.infer<typeof Grant>

/** Declared by the module the permission belongs to, in its `permissions.ts`. */
export interface Permission {
  key: string
  name: string
  sentence: string
}

/** Rows an ability may be asked about. Reach is a condition on them. */
export interface ConversationReach {
  assigneeId: string | null
}

/** Conditions are Prisma's, so that an ability also becomes a `where` and, by way of that, SQL. */
export type AppAbility = Ability<[string, 'Tenant' | 'Conversation' | ConversationReach], Record<string, unknown>>

/**
 * Makes a member's ability of their grants; the widest reach of a permission wins, because grants unite.
 * Every permission is answerable for the tenant as a whole ("may this member do it at all?") and for one conversation.
 * @param memberUuid the member's id as the rows carry it, a uuid
 */
export function abilityOf(grants: readonly Grant[], memberUuid: string): AppAbility {
  const { can, build } = new AbilityBuilder<AppAbility>(createPrismaAbility)
  for (const { permission, reach } of grants) {
    can(permission, 'Tenant')
    if (reach === 'all') can(permission, 'Conversation')
    else can(permission, 'Conversation', { assigneeId: memberUuid })
  }
  return build()
}

/** May the actor do this to this conversation? The row needs only what reach is decided by. */
export function canOnConversation(ability: AppAbility, permission: string, row: ConversationReach): boolean {
  return ability.can(permission, subject('Conversation', { ...row }))
}

/** Who acts: a person, or the product itself on somebody's behalf. */
export type Actor = { kind: 'member'; memberId: Id<'member'>; userId: string; name: string } | { kind: 'system'; name: string }
