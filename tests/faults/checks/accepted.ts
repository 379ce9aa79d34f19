import { type Evidence, factsOf } from '../evidence.ts'
import { Finding } from '../findings.ts'

const PAGE = 500

/** Every webhook that was answered 2xx led to what it carried: a message, a receipt, or a body kept because it makes no sense. */
export async function checkAccepted(evidence: Evidence): Promise<Finding> {
  const finding = new Finding('I1', 'what was answered 2xx is there')
  const { witness, customers } = evidence
  const messages = await witness.rows<{ external_id: string }>(
    'select r.external_id from external_refs r join messages m on m.tenant_id = r.tenant_id and m.id = r.message_id',
  )
  const receipts = await witness.rows<{ external_id: string; status: string }>('select external_id, status from receipts')
  const known = new Set([
    ...messages.map(({ external_id }) => `message:${external_id}`),
    ...receipts.map(({ external_id, status }) => `status:${external_id}:${status}`),
  ])
  for (const { webhookId, items, status } of factsOf(evidence, 'webhook.answered')) {
    const carried = items.flatMap((item) =>
      item.startsWith('field:') ? (customers.byWebhook.get(webhookId) ?? []).map((wamid) => `message:${wamid}`) : [item],
    )
    const missing = carried.filter((item) => !known.has(item))
    finding.check(
      missing.length === 0,
      () => `webhook ${webhookId} was answered ${status}, and ${missing.slice(0, 5).join(', ')} is missing`,
    )
  }
  for (const { webhookId, tries } of factsOf(evidence, 'webhook.dropped'))
    finding.check(false, () => `the provider gave up webhook ${webhookId} after ${tries} tries`)
  await checkKept(evidence, finding)
  return finding
}

/** The raw bodies are kept as well. */
async function checkKept(evidence: Evidence, finding: Finding): Promise<void> {
  const wamids = new Set<string>()
  const marks = new Set<string>()
  for await (const { state, text } of bodies(evidence)) {
    if (state === 'unparsed') for (const [mark] of text.matchAll(/nonsense-\d+/g)) marks.add(mark)
    for (const [wamid] of text.matchAll(/wamid\.[A-Za-z0-9+/=]+/g)) wamids.add(wamid)
  }
  for (const wamid of evidence.customers.written.keys())
    finding.check(wamids.has(wamid), () => `no raw webhook with message ${wamid} was kept`)
  for (const { mark, status } of evidence.customers.nonsense) {
    if (status >= 200 && status < 300)
      finding.check(marks.has(mark), () => `the senseless body ${mark} was answered ${status} and not kept`)
  }
}

async function* bodies({ witness, blobs }: Evidence): AsyncGenerator<{ state: string; text: string }> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await witness.rows<{ id: string; state: string; body: Buffer | null; blob_key: string | null }>(
      'select id, state, body, blob_key from webhooks where id > $1::uuid order by id limit $2',
      [after, PAGE],
    )
    for (const { state, body, blob_key } of rows) {
      const bytes = body ?? (blob_key === null ? null : await blobs.get(blob_key))
      yield { state, text: Buffer.from(bytes ?? []).toString('latin1') }
    }
    const last = rows.at(-1)
    if (!last) return
    after = last.id
  }
}
