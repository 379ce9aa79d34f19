import { z } from 'zod'
import {
  addChannelAccount,
  listChannelAccounts,
  SetChannelAccountStatus,
  setChannelAccountStatus,
  webhookUrl,
} from '#modules/channels/index.ts'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { CommandFailed, CommandUsage, command } from './command.ts'
import { operatorScope } from './operator-scope.ts'

const text = z.string().trim().min(1).max(LIMITS.identityChars)

export const channelCommands = [
  command({
    name: 'channel add whatsapp',
    summary:
      'Connect a WhatsApp number. With --app-secret and --verify-token the workspace brings a Meta app of its own and gets a webhook address of its own.',
    positionals: [],
    options: z.object({
      tenant: idOf('tenant'),
      name: text.optional(),
      phoneNumberId: z.string().regex(/^\d{3,20}$/, 'must be the digits that Meta shows as phone number ID'),
      wabaId: z.string().regex(/^\d{3,20}$/, 'must be the digits that Meta shows as WhatsApp Business Account ID'),
      displayNumber: text.optional(),
      portfolioId: text.optional(),
      accessToken: z.string().trim().min(1).max(LIMITS.tokenChars),
      appSecret: z.string().min(1).optional(),
      verifyToken: z.string().min(1).optional(),
    }),
    examples: {
      tenant: 'ten_…',
      phoneNumberId: '106540352242922',
      wabaId: '102290129340398',
      displayNumber: '"+62 812 0000 0000"',
      accessToken: 'EAAG…',
    },
    run: {
      needs: 'product',
      work: async (context, options) => {
        if ((options.appSecret === undefined) !== (options.verifyToken === undefined))
          throw new CommandUsage('--app-secret and --verify-token belong together: both are the Meta app’s')
        const scope = await operatorScope(context, options.tenant)
        const ownApp =
          options.appSecret && options.verifyToken ? { appSecret: options.appSecret, verifyToken: options.verifyToken } : undefined
        const added = await addChannelAccount(scope, context.keys, {
          channel: 'whatsapp',
          name: options.name ?? options.displayNumber ?? `WhatsApp ${options.phoneNumberId}`,
          address: options.phoneNumberId,
          displayAddress: options.displayNumber,
          businessId: options.wabaId,
          portfolioId: options.portfolioId,
          credentials: { accessToken: options.accessToken },
          ownApp,
        })
        if (!added.ok)
          throw new CommandFailed(`phone number ID ${options.phoneNumberId} is connected already, here or in another workspace`)
        const id = added.value.channelAccountId
        const publicUrl = context.env.PUBLIC_URL ?? `http://localhost:${context.env.PORT}`
        return { id, webhookUrl: webhookUrl(publicUrl, 'whatsapp', ownApp ? id : undefined) }
      },
    },
  }),
  command({
    name: 'channel list',
    summary: 'The channel accounts of a workspace, with what is wrong with them.',
    positionals: [],
    options: z.object({ tenant: idOf('tenant') }),
    examples: { tenant: 'ten_…' },
    run: { needs: 'product', work: async (context, { tenant }) => listChannelAccounts(await operatorScope(context, tenant)) },
  }),
  command({
    name: 'channel set',
    summary: 'Switch a channel account on (active) or off (disabled); what is queued waits.',
    positionals: [],
    options: z.object({ tenant: idOf('tenant'), account: idOf('channelAccount'), status: SetChannelAccountStatus.shape.status }),
    examples: { tenant: 'ten_…', account: 'cha_…', status: 'active' },
    run: {
      needs: 'product',
      work: async (context, { tenant, account, status }) => {
        const set = await setChannelAccountStatus(await operatorScope(context, tenant), { channelAccountId: account, status })
        if (!set.ok) throw new CommandFailed(`there is no channel account ${account} in this workspace`)
        return { id: account, status }
      },
    },
  }),
]
