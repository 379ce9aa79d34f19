import { z } from 'zod'
import { defineEvent } from '#platform/events.ts'
import { idOf } from '#platform/ids.ts'

/**
 * What a member may see or do is no longer what it was: roles given or taken, suspended, a role's grants edited (one event
 * for each member who holds it). Their screens start afresh.
 */
export const MemberAbilityChanged = defineEvent(
  'member.ability_changed',
  z.object({ memberId: idOf('member') }),
  (payload) => payload.memberId,
)
