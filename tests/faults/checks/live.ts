import { toUuid } from '#platform/ids.ts'
import type { Evidence } from '../evidence.ts'
import { Finding } from '../findings.ts'
import { grouped } from '../grouped.ts'
import type { SeenFrame, StreamRecord } from '../stream.ts'

interface LogRow {
  sequence: number
  type: string
  payload: { conversationId?: string; messageId?: string; deliveryId?: string }
}

/** Events of one reading are told together, and of several about one row the last carries it; a reading has at most so many. */
const MOST_TOLD_TOGETHER = 200

/** A screen that came and went has seen every event of its company's log since it first came, none twice, none before another. */
export async function checkLive({ witness, screens }: Evidence): Promise<Finding> {
  const finding = new Finding('I12', 'no gap, no repeat on screens')
  for (const screen of screens) {
    const rows = await witness.rows<LogRow>(
      'select sequence::float8 as sequence, type, payload from bus.log where tenant_id = $1::uuid order by sequence',
      [toUuid(screen.tenant.tenantId)],
    )
    finding.check(
      rows.every(({ sequence }, at) => sequence === at + 1),
      () => `the log of ${screen.tenant.tenantId} has gaps`,
    )
    finding.check(screen.startedAt !== undefined, () => `a screen of ${screen.tenant.tenantId} never got a word`)
    for (const complaint of screen.complaints) finding.check(false, () => `a screen of ${screen.tenant.tenantId}: ${complaint}`)
    checkGaps(screen, rows, finding)
    checkRepeats(screen, finding)
  }
  return finding
}

function checkGaps(screen: StreamRecord, rows: readonly LogRow[], finding: Finding): void {
  const places = grouped(screen.frames, ({ rowId }) => rowId)
  const isTold = (rowId: string, sequence: number, from: number) =>
    places.get(rowId)?.some((frame) => frame.sequence >= from && frame.sequence < sequence + MOST_TOLD_TOGETHER) ?? false
  for (const { sequence, type, payload } of rows) {
    if (sequence <= (screen.startedAt ?? 0)) continue
    const { conversationId, messageId, deliveryId } = payload
    if (!conversationId) continue
    const problem = () => `a screen of ${screen.tenant.tenantId} missed ${type} at ${sequence} (${messageId ?? conversationId})`
    if (type.startsWith('delivery.')) finding.check(deliveryId !== undefined && isTold(deliveryId, sequence, sequence), problem)
    // Only the last frame of an event has the event's place; those before it have the place before.
    else finding.check(messageId ? isTold(messageId, sequence, sequence) : isTold(conversationId, sequence, sequence - 1), problem)
  }
}

/** A line that broke within an event may bring the beginning of that event again, and nothing else. */
function checkRepeats(screen: StreamRecord, finding: Finding): void {
  const seen = new Map<string, SeenFrame>()
  const versions = new Map<string, number>()
  for (const frame of screen.frames) {
    const key = `${frame.type} ${frame.rowId} ${frame.sequence}`
    const before = seen.get(key)
    const isWholeAgain =
      before !== undefined &&
      before.connection < frame.connection &&
      frame.type === 'conversation' &&
      screen.resumedAt.includes(frame.sequence)
    finding.check(!before || isWholeAgain, () => `a screen of ${screen.tenant.tenantId} got ${key} twice`)
    seen.set(key, frame)
    const version = versions.get(frame.rowId) ?? 0
    finding.check(
      frame.version >= version,
      () => `a screen of ${screen.tenant.tenantId} saw ${frame.rowId} go from version ${version} to ${frame.version}`,
    )
    versions.set(frame.rowId, frame.version)
  }
}
