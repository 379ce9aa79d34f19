import type { Id } from '#platform/ids.ts'
import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { TemplateView } from './types.ts'

/** All templates of one channel account, those that can be sent first. */
export async function listTemplates(
  scope: Scope,
  input: { channelAccountId: Id<'channelAccount'> },
): Promise<Result<TemplateView[], 'not_found' | 'not_allowed'>> {
  throw new Error('being written')
}
