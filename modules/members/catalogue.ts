import { channelPermissions } from '#modules/channels/index.ts'
import { conversationPermissions } from '#modules/conversations/index.ts'
import { messagePermissions } from '#modules/messages/index.ts'
import { templatePermissions } from '#modules/templates/index.ts'
import type { Permission } from '#platform/authority.ts'
import { memberPermissions } from './permissions.ts'

/** Every permission there is, collected from the modules that declare them. */
export const permissionCatalogue: readonly Permission[] = [
  ...conversationPermissions,
  ...messagePermissions,
  ...templatePermissions,
  ...channelPermissions,
  ...memberPermissions,
]
