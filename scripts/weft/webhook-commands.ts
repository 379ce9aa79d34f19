import { z } from 'zod'
import { listWebhooks, replayWebhook } from '#modules/webhooks/index.ts'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { CommandFailed, command } from './command.ts'

export const webhookCommands = [
  command({
    name: 'webhook list',
    summary: 'The newest raw webhooks of the last thirty days; --state unparsed shows those nothing could be made of, with the reason.',
    positionals: [],
    options: z.object({
      state: z.enum(['parsed', 'unparsed', 'replayed']).optional(),
      limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSize),
    }),
    examples: { state: 'unparsed' },
    run: { needs: 'product', work: async ({ database, clock }, options) => listWebhooks(database, clock, options) },
  }),
  command({
    name: 'webhook replay',
    summary: 'Parse a kept webhook again and take in what comes of it; what was received before changes nothing.',
    positionals: ['id'],
    options: z.object({ id: idOf('webhook') }),
    examples: {},
    run: {
      needs: 'product',
      work: async (context, { id }) => {
        const replayed = await replayWebhook(context, id)
        if (!replayed.ok)
          throw new CommandFailed(
            replayed.code === 'not_found'
              ? `there is no webhook ${id}, or its file is gone`
              : `it still can’t be parsed: ${String(replayed.detail)}`,
          )
        return { id, ...replayed.value }
      },
    },
  }),
]
