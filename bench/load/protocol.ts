import type { Posted, Target } from './post.ts'
import type { Viewer, Watched } from './watch.ts'
import type { WebhookPlan } from './webhooks.ts'

/** What the generator's process is asked, one at a time. */
export type Order =
  | { kind: 'closed'; target: Target; plan: WebhookPlan; connections: number; durationMs: number }
  | { kind: 'open'; target: Target; plan: WebhookPlan; connections: number; durationMs: number; perSecond: number; seed: number }
  | { kind: 'watch'; url: string; viewers: Viewer[] }
  /** What screens showed of the last open loop, once all of it is there or long overdue. */
  | { kind: 'shown' }

export type Answer =
  | { kind: 'posted'; posted: Posted }
  | { kind: 'shown'; watched: Watched }
  | { kind: 'done' }
  | { kind: 'failed'; reason: string }
