import type { Page } from '#modules/conversations/index.ts'
import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { ListMessages } from './inputs.ts'
import type { MessageView } from './types.ts'

export async function listMessages(scope: Scope, input: ListMessages): Promise<Result<Page<MessageView>, 'not_found'>> {
  throw new Error('being written')
}
