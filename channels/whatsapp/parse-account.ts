import { LIMITS } from '#platform/limits.ts'
import type { AccountChanged, InboundEvent } from '../connector.ts'
import type { Change } from './change.ts'
import { providerError } from './errors.ts'
import { type Fields, fields, id, plainData, providerTime, text } from './read.ts'

type Severity = AccountChanged['severity']

/** Nothing can be sent or received any more, or will soon. Events not listed are news. */
const ACCOUNT_EVENTS: ReadonlyMap<string, Severity> = new Map([
  ['ACCOUNT_DELETED', 'critical'],
  ['ACCOUNT_OFFBOARDED', 'critical'],
  ['ACCOUNT_RESTRICTION', 'critical'],
  ['DISABLED_UPDATE', 'critical'],
  ['PARTNER_APP_UNINSTALLED', 'critical'],
  ['PARTNER_REMOVED', 'critical'],
  ['ACCOUNT_VIOLATION', 'warning'],
])

const ALERTS: ReadonlyMap<unknown, Severity> = new Map([
  ['CRITICAL', 'critical'],
  ['WARNING', 'warning'],
])

/** What one field says happened, and how bad that is. */
interface Rule {
  word: (value: Fields) => unknown
  severity: (word: string, value: Fields) => Severity
}

const RULES: Readonly<Record<string, Rule>> = {
  account_update: { word: (value) => value.event, severity: (event) => ACCOUNT_EVENTS.get(event) ?? 'info' },
  account_alerts: {
    word: (value) => alertOf(value).alert_type,
    severity: (_type, value) => ALERTS.get(alertOf(value).alert_severity) ?? 'info',
  },
  account_review_update: { word: (value) => value.decision, severity: (decision) => (decision === 'REJECTED' ? 'critical' : 'info') },
  phone_number_name_update: { word: (value) => value.decision, severity: (decision) => (decision === 'REJECTED' ? 'warning' : 'info') },
  phone_number_quality_update: {
    word: (value) => value.event,
    severity: (event) => (event === 'FLAGGED' || event === 'DOWNGRADE' ? 'warning' : 'info'),
  },
  business_capability_update: { word: (value) => value.max_daily_conversations_per_business, severity: () => 'info' },
  security: { word: (value) => value.event, severity: () => 'warning' },
}

/** The fields about the account or one of its numbers (sections 5 and 8), each with its parser. */
export const ACCOUNT_PARSERS: readonly (readonly [field: string, parse: (change: Change) => InboundEvent[]])[] = Object.entries(RULES).map(
  ([field, rule]) => [field, (change) => [accountEvent(change, rule)]],
)

/** One event with the whole value beside a line for people. */
function accountEvent({ account, field, value, time }: Change, rule: Rule): AccountChanged {
  const word = id(rule.word(value)) ?? 'UNKNOWN'
  const detail = text(alertOf(value).alert_description, LIMITS.errorChars) ?? text(value.rejection_reason, LIMITS.errorChars)
  return {
    type: 'account',
    account,
    providerTime: providerTime(time),
    field,
    severity: rule.severity(word, value),
    summary: detail ? `${word}: ${detail}` : word,
    data: plainData(value),
  }
}

/** Newer alerts lie in an object of their own. */
function alertOf(value: Fields): Fields {
  return value.alert_info === undefined ? value : fields(value.alert_info)
}

/** Errors that stand beside no message: a problem of the account (section 5). */
export function accountErrors({ account, field, time }: Change, errors: readonly unknown[]): InboundEvent[] {
  return errors.flatMap((entry) => {
    const error = providerError(entry)
    if (!error) return []
    const words = [`${error.code} ${error.title}`, error.details].filter(Boolean).join(': ')
    return [
      {
        type: 'account' as const,
        account,
        providerTime: providerTime(time),
        field,
        severity: 'warning' as const,
        summary: words,
        data: error,
      },
    ]
  })
}
