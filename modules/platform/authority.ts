import { type Ability, AbilityBuilder, subject } from '@casl/ability'
import { createPrismaAbility } from '@casl/prisma/runtime'
import { z } from 'zod'
import { type Id, toUuid } from './ids.ts'

/** Reach of a grant: which rows it covers, from the actor's own to the whole tenant. */
const REACHES = ['own', 'team', 'teams', 'all'] as const

export const Grant = z.object({ permission: z.string().max(100), reach: z.enum(REACHES) })
export type Grant = z.infer<typeof Grant>

/** Granted as a permission it means every one, also those that a later version brings. */
export const ANY_PERMISSION = '*'

/** Declared by the module the permission belongs to, in its `permissions.ts`. */
export interface Permission {
  key: string
  name: string
  sentence: string
}

/** By what a conversation is within somebody's reach. */
export interface ConversationReach {
  assigneeId: Id<'member'> | null
}

/** Conditions are Prisma's, so that an ability also becomes a `where` and, by way of that, SQL. */
export type AppAbility = Ability<[string, 'Tenant' | 'Conversation' | { assigneeId: string | null }], Record<string, unknown>>

/**
 * Makes a member's ability of their grants; the widest reach of a permission wins, because grants unite.
 * Every permission is answerable for the tenant as a whole ("may this member do it at all?") and for one conversation.
 * Until teams exist a team's reach is no wider than one's own: what can't be decided is not granted.
 */
export function abilityOf(grants: readonly Grant[], memberId: Id<'member'>): AppAbility {
  const { can, build } = new AbilityBuilder<AppAbility>(createPrismaAbility)
  for (const { permission, reach } of grants) {
    can(permission, 'Tenant')
    if (reach === 'all') can(permission, 'Conversation')
    else can(permission, 'Conversation', { assigneeId: toUuid(memberId) })
  }
  return build({ anyAction: ANY_PERMISSION })
}

/** May the actor do this to this conversation? The row needs only what reach is decided by. */
export function canOnConversation(ability: AppAbility, permission: string, row: ConversationReach): boolean {
  const assigneeId = row.assigneeId === null ? null : toUuid(row.assigneeId)
  return ability.can(permission, subject('Conversation', { assigneeId }))
}

/** The same for many rows at once: which conversations a query may return. `own` are those assigned to the actor. */
export function conversationReach(ability: AppAbility, permission: string): 'none' | 'own' | 'all' {
  const rules = ability.rulesFor(permission, 'Conversation')
  if (rules.length === 0) return 'none'
  return rules.some((rule) => rule.conditions === undefined) ? 'all' : 'own'
}

/** Who acts: a person, or the product itself on somebody's behalf. */
export type Actor = { kind: 'member'; memberId: Id<'member'>; userId: string; name: string } | { kind: 'system'; name: string }
