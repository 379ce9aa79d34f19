import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { StoredTemplate } from './template-view.ts'

interface Row {
  id: string
  channel_account_id: string
  name: string
  language: string
  category: string
  status: string
  parameter_format: 'positional' | 'named'
  components: unknown
}

const COLUMNS = 'id, channel_account_id, name, language, category, status, parameter_format, components'

/** Null when the tenant has no such template. */
export async function findTemplate(tx: SqlTx, tenantId: Id<'tenant'>, templateId: Id<'template'>): Promise<StoredTemplate | null> {
  const rows = await tx.sql<Row>(`select ${COLUMNS} from templates where tenant_id = $1::uuid and id = $2::uuid`, [
    toUuid(tenantId),
    toUuid(templateId),
  ])
  return rows[0] ? storedOf(rows[0]) : null
}

export async function findTemplates(tx: SqlTx, tenantId: Id<'tenant'>, channelAccountId: Id<'channelAccount'>): Promise<StoredTemplate[]> {
  const rows = await tx.sql<Row>(
    `select ${COLUMNS} from templates where tenant_id = $1::uuid and channel_account_id = $2::uuid and status <> 'DELETED' order by name, language`,
    [toUuid(tenantId), toUuid(channelAccountId)],
  )
  return rows.map(storedOf)
}

function storedOf(row: Row): StoredTemplate {
  return {
    id: fromUuid('template', row.id),
    channelAccountId: fromUuid('channelAccount', row.channel_account_id),
    name: row.name,
    language: row.language,
    category: row.category,
    status: row.status,
    parameterFormat: row.parameter_format,
    components: row.components,
  }
}
