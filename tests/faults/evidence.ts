import type { BlobStore } from '#platform/blobs/port.ts'
import type { JournalEntry } from '#sandbox/journal.ts'
import type { WrittenReply } from './agents.ts'
import type { CustomersRecord } from './customers.ts'
import type { BuiltPopulation } from './population.ts'
import type { SettledByPeople } from './settle.ts'
import type { StreamRecord } from './stream.ts'
import type { Witness } from './witness.ts'

/** What the checks compare: what the provider, the customers, the agents and the screens know, and the database. */
export interface Evidence {
  journal: readonly JournalEntry[]
  customers: CustomersRecord
  replies: readonly WrittenReply[]
  screens: readonly StreamRecord[]
  people: SettledByPeople
  population: BuiltPopulation
  witness: Witness
  blobs: BlobStore
}

type FactOf<Kind extends JournalEntry['kind']> = Extract<JournalEntry, { kind: Kind }>

export function factsOf<Kind extends JournalEntry['kind']>({ journal }: Evidence, kind: Kind): FactOf<Kind>[] {
  return journal.filter((entry): entry is FactOf<Kind> => entry.kind === kind)
}

/** An id as the product's interfaces show it, of a uuid column. */
export const shownId = (prefix: string, uuid: string): string => `${prefix}_${uuid.replaceAll('-', '')}`
