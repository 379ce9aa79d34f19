import { type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { findTemplates } from './queries.ts'
import { templateView } from './template-view.ts'
import type { TemplateView } from './types.ts'

/**
 * All templates of one channel account, those that can be sent first, then by name and language.
 * @returns `not_found` when the tenant has no such account
 */
export async function listTemplates(
  scope: Scope,
  input: { channelAccountId: Id<'channelAccount'> },
): Promise<Result<TemplateView[], 'not_found'>> {
  return scope.read(async (tx) => {
    const account = await tx.sql('select 1 as one from channel_accounts where tenant_id = $1::uuid and id = $2::uuid', [
      toUuid(scope.tenantId),
      toUuid(input.channelAccountId),
    ])
    if (account.length === 0) return fail('not_found')
    const views = (await findTemplates(tx, scope.tenantId, input.channelAccountId)).map(templateView)
    return ok([...views.filter((view) => view.blockedBy === null), ...views.filter((view) => view.blockedBy !== null)])
  })
}
