import { afterAll, afterEach, beforeAll } from 'vitest'
import { loadListItems } from '#modules/conversations/index.ts'
import { loadDeliveryViews } from '#modules/deliveries/index.ts'
import { abilityForMember } from '#modules/members/index.ts'
import { loadMessageViews, MessageReceived } from '#modules/messages/index.ts'
import { createHub, type Hub, type RowLoaders, type Subscriber } from '#modules/realtime/index.ts'
import { systemClock } from '#platform/clock.ts'
import { type Sequencer, startSequencer } from '#platform/event-log/sequencer.ts'
import { type EmittedEvent, emit, eventOf } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import type { Scope } from '#platform/scope.ts'
import { aMessage, type BuiltConversation } from '#tests/builders/conversations.ts'
import type { MemberScope } from '#tests/builders/tenants.ts'
import type { TestDatabase } from '#tests/setup/database.ts'
import { followStream, type StreamClient } from './stream-client.ts'

const log = createLog({ level: 'silent', process: 'test' })

/** Which rows were loaded how often, to show that it is once per process. */
export interface LoadCounts {
  conversations: number
  messages: number
  deliveries: number
}

/** The product's own loaders, counted. */
export function countedLoaders(counts: LoadCounts): RowLoaders {
  return {
    conversations: (tx, tenantId, ids) => {
      counts.conversations++
      return loadListItems(tx, tenantId, ids)
    },
    messages: (tx, tenantId, ids) => {
      counts.messages++
      return loadMessageViews(tx, tenantId, ids)
    },
    deliveries: (tx, tenantId, ids) => {
      counts.deliveries++
      return loadDeliveryViews(tx, tenantId, ids)
    },
  }
}

/** A sequencer for the file's database, so that what is emitted reaches the log. */
export function useSequencer(database: TestDatabase): void {
  let sequencer: Sequencer
  beforeAll(() => {
    sequencer = startSequencer({ database: database.worker, log, metrics: createMetrics({ defaults: false }) })
  })
  afterAll(() => sequencer.stop())
}

type HubTiming = Parameters<typeof createHub>[0]['timing']

/** Hubs as web processes have them, on timings a test can wait for; stopped after each test. */
export function useHubs(database: TestDatabase) {
  let hubs: Hub[] = []
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()))
    hubs = []
  })
  return (timing: HubTiming = {}, wrap = (loaders: RowLoaders) => loaders) => {
    const counts: LoadCounts = { conversations: 0, messages: 0, deliveries: 0 }
    const metrics = createMetrics({ defaults: false })
    const hub = createHub({
      database: database.web,
      clock: systemClock,
      log,
      metrics,
      loaders: wrap(countedLoaders(counts)),
      timing: { heartbeatMs: 100, lossCheckMs: 100, ...timing },
    })
    hubs.push(hub)
    return { hub, counts, metrics }
  }
}

/** A member with a session, until `end` takes it away. */
export function aSubscriber(database: TestDatabase, scope: MemberScope): Subscriber & { end(): void } {
  let hasSession = true
  const { tenantId } = scope
  const { memberId } = scope.actor
  return {
    tenantId,
    memberId,
    presentAbility: async () =>
      hasSession ? database.web.tenantRead(tenantId, systemClock, (tx) => abilityForMember(tx, tenantId, memberId)) : null,
    end: () => {
      hasSession = false
    },
  }
}

export function openClient(
  hub: Hub,
  subscriber: Subscriber,
  lastEventId: string | null = null,
  options: Parameters<typeof followStream>[1] = {},
): StreamClient {
  return followStream(hub.openStream(subscriber, { lastEventId, signal: new AbortController().signal }), options)
}

/** A customer writes, and the event that intake would emit follows. */
export async function receive(scope: Scope, conversation: BuiltConversation, body: string): Promise<Id<'message'>> {
  const messageId = await aMessage(scope, conversation, { direction: 'inbound', body })
  const { conversationId } = conversation
  await announce(scope, [
    eventOf(MessageReceived, scope.tenantId, {
      conversationId,
      messageId,
      direction: 'inbound',
      sequence: 1,
      attachmentIds: [],
      version: 1,
    }),
  ])
  return messageId
}

export const announce = (scope: Scope, events: readonly EmittedEvent[]): Promise<void> => scope.transaction((tx) => emit(tx, events))
