import { z } from 'zod'
import { createTopics } from '#platform/bus/kafka-cluster.ts'
import { TOPICS } from '#platform/bus/topics.ts'
import { LIMITS } from '#platform/limits.ts'
import { createLog } from '#platform/log.ts'
import { kafkaOf } from '#workers/compose.ts'
import { CommandFailed, command } from './command.ts'

const parkedId = z.string().min(1, 'name the parked message; `bus parked list` shows their ids')

export const busCommands = [
  command({
    name: 'bus topics create',
    summary: 'Create the topics on the Kafka cluster of KAFKA_BROKERS; the deploy step before the first start. Safe to repeat.',
    positionals: [],
    options: z.object({}),
    examples: {},
    run: {
      needs: 'environment',
      work: async ({ env }) => {
        const kafka = kafkaOf(env)
        if (!kafka) throw new CommandFailed('KAFKA_BROKERS is not set; without Kafka there is nothing to create')
        await createTopics(kafka, TOPICS, createLog({ level: 'silent', process: 'weft' }))
        return { topics: TOPICS.map((topic) => `${env.KAFKA_TOPIC_PREFIX}${topic.name}`) }
      },
    },
  }),
  command({
    name: 'bus lag',
    summary: 'Messages published and not yet handled, by topic and group, and how many are parked.',
    positionals: [],
    options: z.object({}),
    examples: {},
    run: { needs: 'product', work: async ({ bus }) => bus.lag() },
  }),
  command({
    name: 'bus parked list',
    summary: 'Messages that could not be handled, with the reason and when they are tried again (never = a person decides).',
    positionals: [],
    options: z.object({
      group: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSize),
    }),
    examples: { group: 'intake.inbound.whatsapp' },
    run: {
      needs: 'product',
      work: async ({ bus }, options) =>
        (await bus.parked.list(options)).map((parked) => ({
          ...parked,
          dueAt: parked.dueAt?.toISOString() ?? 'never',
          parkedAt: parked.parkedAt.toISOString(),
        })),
    },
  }),
  command({
    name: 'bus parked replay',
    summary: 'Try a parked message again now; when it succeeds, what waited behind it follows in order.',
    positionals: ['id'],
    options: z.object({ id: parkedId }),
    examples: {},
    run: {
      needs: 'product',
      work: async ({ bus }, { id }) => {
        if (!(await bus.parked.replay(id))) throw new CommandFailed(`no message ${id} is parked at the head of its key`)
        return { replayed: id }
      },
    },
  }),
  command({
    name: 'bus parked skip',
    summary: 'Give a parked message up (it is kept for the record) and let what waits behind it go on.',
    positionals: ['id'],
    options: z.object({ id: parkedId, by: z.string().min(1).max(100).default('operator') }),
    examples: { by: 'your-name' },
    run: {
      needs: 'product',
      work: async ({ bus }, { id, by }) => {
        if (!(await bus.parked.skip(id, by))) throw new CommandFailed(`no message ${id} is parked at the head of its key`)
        return { skipped: id }
      },
    },
  }),
]
