import { type AppAbility, canOnConversation, conversationReach } from '#platform/authority.ts'
import type { Step } from './batch.ts'

/** The permission that decides which conversations a stream tells of. */
const VIEW = 'conversations.view'

/** Must it be known where each conversation is now? Not for those who see all of them, nor for those who see none. */
export const needsReach = (ability: AppAbility): boolean => conversationReach(ability, VIEW) === 'own'

/**
 * What an event is to somebody, by what they may see at this moment (I12): to be shown, to be taken from the screen, or none
 * of their business. `unknown`: it can't be decided without the row, which was not loaded.
 */
export function sightOf(ability: AppAbility, step: Pick<Step, 'reachNow' | 'reachBefore'>): 'visible' | 'removed' | 'hidden' | 'unknown' {
  const { reachNow, reachBefore } = step
  if (reachNow === undefined) {
    if (needsReach(ability)) return 'unknown'
    return conversationReach(ability, VIEW) === 'all' ? 'visible' : 'hidden'
  }
  if (reachNow && canOnConversation(ability, VIEW, reachNow)) return 'visible'
  return reachBefore && canOnConversation(ability, VIEW, reachBefore) ? 'removed' : 'hidden'
}
