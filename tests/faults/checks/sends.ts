import { type Evidence, factsOf, shownId } from '../evidence.ts'

export interface AttemptRow {
  id: string
  number: number
  outcome: string
}

/** A delivery of ours beside what the provider knows about it. */
export interface Send {
  deliveryId: string
  messageId: string
  state: string
  wasUnknown: boolean
  settledBy: string | null
  attempts: AttemptRow[]
  /** Names of what the provider took for it. */
  accepted: string[]
  /** What the provider told about those. */
  told: Set<string>
}

interface Row {
  id: string
  message_id: string
  state: string
  was_unknown: boolean
  settled_by: string | null
  attempts: AttemptRow[]
}

/** Joins deliveries with the provider's journal by the attempt id that travels in the echo field. */
export async function loadSends(evidence: Evidence): Promise<Send[]> {
  const rows = await evidence.witness.rows<Row>(`
    select d.id, d.message_id, d.state, d.unknown_at is not null as was_unknown, d.settled_by, coalesce(a.attempts, '[]') as attempts
    from deliveries d left join lateral (
      select json_agg(json_build_object('id', a.id, 'number', a.number, 'outcome', a.outcome) order by a.number) as attempts
      from attempts a where a.tenant_id = d.tenant_id and a.delivery_id = d.id
    ) a on true order by d.id`)
  const told = new Map<string, Set<string>>()
  for (const { wamid, status } of factsOf(evidence, 'receipt')) told.set(wamid, (told.get(wamid) ?? new Set()).add(status))
  const accepted = new Map<string, string[]>()
  for (const { echo, wamid } of factsOf(evidence, 'send.accepted')) if (echo) accepted.set(echo, [...(accepted.get(echo) ?? []), wamid])
  return rows.map((row) => {
    const attempts = row.attempts.map((attempt) => ({ ...attempt, id: shownId('atm', attempt.id) }))
    const wamids = attempts.flatMap(({ id }) => accepted.get(id) ?? [])
    return {
      deliveryId: shownId('dlv', row.id),
      messageId: shownId('msg', row.message_id),
      state: row.state,
      wasUnknown: row.was_unknown,
      settledBy: row.settled_by,
      attempts,
      accepted: wamids,
      told: new Set(wamids.flatMap((wamid) => [...(told.get(wamid) ?? [])])),
    }
  })
}
