import { type Evidence, shownId } from '../evidence.ts'
import { Finding } from '../findings.ts'

/** What customers wrote is there exactly once, in the right company, and so is what agents wrote. */
export async function checkOnce({ witness, customers, replies, population }: Evidence): Promise<Finding> {
  const finding = new Finding('I2', 'each message exactly once')
  const rows = await witness.rows<{ tenant_id: string; body: string; direction: string; count: number }>(
    'select tenant_id, body, direction, count(*)::int as count from messages group by tenant_id, body, direction',
  )
  const counts = new Map(rows.map((row) => [`${row.direction} ${shownId('ten', row.tenant_id)} ${row.body}`, row.count]))
  const take = (key: string) => {
    const count = counts.get(key) ?? 0
    counts.delete(key)
    return count
  }
  for (const { token, wamid, person } of customers.written.values()) {
    const tenantId = population.tenants[person.tenant]?.tenantId
    const count = take(`inbound ${tenantId} ${token}`)
    finding.check(count === 1, () => `message ${wamid} (${token}) of ${tenantId} is there ${count} times`)
  }
  for (const { tenant, text, messageId, isConfirmed } of replies) {
    const count = take(`outbound ${tenant.tenantId} ${text}`)
    finding.check(count === 1 || (count === 0 && !isConfirmed), () => `reply ${messageId} is there ${count} times`)
  }
  for (const [key, count] of counts) finding.check(false, () => `nobody wrote this, and it is there ${count} times: ${key}`)
  return finding
}
