import { busCommands } from './bus-commands.ts'
import { channelCommands } from './channel-commands.ts'
import type { Command } from './command.ts'
import { databaseCommands } from './database-commands.ts'
import { tenantCommands } from './tenant-commands.ts'
import { webhookCommands } from './webhook-commands.ts'

export const COMMANDS: readonly Command[] = [...tenantCommands, ...channelCommands, ...webhookCommands, ...busCommands, ...databaseCommands]
