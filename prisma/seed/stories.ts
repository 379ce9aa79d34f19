import type { MessageSpec } from '#tests/builders/conversations.ts'
import { DIALOGUES, type Dialogue, type Turn } from './dialogues.ts'
import { PEOPLE } from './people.ts'

/** One customer's conversation of the demo, before it has ids. */
export interface DemoStory {
  name: string
  phone: string
  dialogue: Dialogue
  messages: MessageSpec[]
  isResolved: boolean
  /** Position in the tenant's list, newest first; picks the assignee. */
  rank: number
}

const MINUTE = 60_000

/**
 * The stories of one workspace, newest first: the first few minutes ago, then thinning out over three weeks, older ones
 * mostly resolved. The same numbers every time, so that two demos look alike.
 */
export function demoStories(options: {
  languages: readonly Dialogue['language'][]
  count: number
  offset: number
  now: Date
  authors: readonly MessageSpec['authorId'][]
}): DemoStory[] {
  const { languages, count, offset, now, authors } = options
  const dialogues = DIALOGUES.filter((dialogue) => languages.includes(dialogue.language))
  return Array.from({ length: count }, (_, rank) => {
    const at = offset + rank
    const dialogue = dialogues[(at * 7 + Math.floor(at / dialogues.length)) % dialogues.length] as Dialogue
    const endedAt = now.getTime() - minutesAgo(rank, count) * MINUTE
    const author = authors[at % authors.length]
    const messages = messagesOf(dialogue.turns, endedAt, author, rank)
    const isResolved = rank > count * 0.35 && at % 5 !== 0
    return { ...person(dialogue.language, at), dialogue, messages, isResolved, rank }
  })
}

/** 2 minutes, 9, 21 … three weeks: quadratic, so that today is busy and last month is not. */
function minutesAgo(rank: number, count: number): number {
  const share = rank / Math.max(1, count - 1)
  return 2 + rank * 3 + share * share * 21 * 24 * 60
}

function person(language: Dialogue['language'], at: number): { name: string; phone: string } {
  const people = PEOPLE.find((group) => group.language === language) ?? PEOPLE[0]
  if (!people) throw new Error('the demo has no people')
  const round = Math.floor(at / people.names.length)
  const name = people.names[at % people.names.length] ?? ''
  const digits = String((at * 7_919 + round * 13) % 100_000).padStart(5, '0')
  let next = 0
  const phone = people.phonePattern.replace(/#/g, () => digits[digits.length - 1 - next++] ?? '0')
  return { name, phone }
}

function messagesOf(turns: readonly Turn[], endedAt: number, authorId: MessageSpec['authorId'], rank: number): MessageSpec[] {
  const spoken = turns.filter((turn) => turn.kind !== 'reaction')
  let at = endedAt - spoken.slice(1).reduce((sum, turn) => sum + turn.afterMinutes, 0) * MINUTE
  return spoken.map((turn, index) => {
    if (index > 0) at += turn.afterMinutes * MINUTE
    const isLast = index === spoken.length - 1
    const direction = turn.from === 'in' ? ('inbound' as const) : ('outbound' as const)
    const kind = turn.kind === 'reaction' ? 'text' : (turn.kind ?? 'text')
    return {
      direction,
      kind,
      body: turn.text,
      at: new Date(at),
      content: kind === 'location' ? { location: { latitude: -6.9147, longitude: 107.6098, name: turn.text } } : {},
      ...(direction === 'outbound' ? { authorId, ...deliveryOf(isLast, rank) } : {}),
    }
  })
}

/** Nearly all were read; a few of the newest are on their way, and some failed, because that is what a screen must show well. */
function deliveryOf(isLast: boolean, rank: number): Pick<MessageSpec, 'delivery' | 'errorCode'> {
  if (!isLast) return { delivery: 'read' }
  if (rank % 29 === 11) return { delivery: 'failed', errorCode: '131026' }
  if (rank % 37 === 5) return { delivery: 'failed', errorCode: '131047' }
  if (rank % 4 === 1) return { delivery: 'delivered' }
  if (rank % 9 === 3) return { delivery: 'sent' }
  return { delivery: 'read' }
}
