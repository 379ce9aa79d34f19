import type { TemplateInput } from '../options.ts'
import { newObjectId } from './identity.ts'
import { later, nowMs, type Provider, postWebhooks } from './provider.ts'
import { rawNumber } from './sign.ts'
import type { Template } from './types.ts'
import { type Change, templateCategoryChange, templateQualityChange, templateStatusChange } from './webhooks.ts'

/** Adds a template; one under review is decided on by itself after a while. */
export async function addTemplate(
  provider: Provider,
  wabaId: string,
  template: Pick<Template, 'name' | 'language' | 'category' | 'parameterFormat' | 'components'> & { id?: string; status?: string },
): Promise<Template> {
  const added: Template = {
    id: template.id ?? newObjectId(),
    wabaId,
    name: template.name,
    language: template.language,
    category: template.category,
    parameterFormat: template.parameterFormat,
    status: template.status ?? 'PENDING',
    components: template.components,
    rejectedReason: 'NONE',
    quality: 'UNKNOWN',
  }
  await provider.ledger.record({ t: 'template', template: added })
  if (added.status === 'PENDING' && provider.templateReviewMs !== null) {
    later(provider, provider.templateReviewMs, () => reviewTemplate(provider, added.id))
  }
  return added
}

async function reviewTemplate(provider: Provider, id: string): Promise<void> {
  if (provider.ledger.world.templates.get(id)?.status === 'PENDING') await changeTemplate(provider, id, { status: 'APPROVED' })
}

/** After a restart: whatever was under review is decided on. */
export function resumeReviews(provider: Provider): void {
  const reviewMs = provider.templateReviewMs
  if (reviewMs === null) return
  for (const template of provider.ledger.world.templates.values()) {
    if (template.status === 'PENDING') later(provider, reviewMs, () => reviewTemplate(provider, template.id))
  }
}

/** An edit sends a template back to review. */
export async function editTemplate(provider: Provider, id: string, components: Record<string, unknown>[]): Promise<void> {
  await changeTemplate(provider, id, { components, status: 'PENDING' })
  if (provider.templateReviewMs !== null) later(provider, provider.templateReviewMs, () => reviewTemplate(provider, id))
}

export interface TemplateChange {
  status?: string
  quality?: Template['quality']
  category?: Template['category']
  components?: Record<string, unknown>[]
  /** Why it was rejected or paused. */
  reason?: string
}

/** Changes a template and posts what Meta would: status, quality and category each have a field of their own. */
export async function changeTemplate(provider: Provider, id: string, change: TemplateChange): Promise<Template | undefined> {
  const before = provider.ledger.world.templates.get(id)
  if (!before) return undefined
  const after: Template = {
    ...before,
    status: change.status ?? before.status,
    quality: change.quality ?? before.quality,
    category: change.category ?? before.category,
    components: change.components ?? before.components,
    rejectedReason: change.status === 'REJECTED' ? (change.reason ?? 'INVALID_FORMAT') : 'NONE',
  }
  await provider.ledger.record({ t: 'template', template: after })
  const changes = changesBetween(provider, before, after, change.reason)
  if (changes.length > 0 && provider.ledger.world.numbersOfWaba(after.wabaId).some((number) => number.subscribed)) {
    const entries = [{ id: after.wabaId, time: Math.floor(nowMs(provider) / 1_000), changes }]
    await postWebhooks(provider, [{ wabaId: after.wabaId, phoneNumberId: null, entries, items: [`template:${id}:${after.status}`] }])
  }
  return after
}

function changesBetween(provider: Provider, before: Template, after: Template, reason: string | undefined): Change[] {
  const ref = { id: rawNumber(after.id), name: after.name, language: after.language }
  const changes: Change[] = []
  if (before.status !== after.status) {
    const pause =
      after.status === 'PAUSED' ? { title: 'FIRST_PAUSE', description: reason ?? 'Your template was paused for 3 hours.' } : undefined
    const rejection =
      after.status === 'REJECTED'
        ? { reason: reason ?? 'The template has an invalid format.', recommendation: 'Change it and submit it again.' }
        : undefined
    const update = { event: after.status, reason: after.status === 'REJECTED' ? after.rejectedReason : 'NONE', pause, rejection }
    changes.push(templateStatusChange({ ...ref, category: after.category }, update))
  }
  if (before.quality !== after.quality) changes.push(templateQualityChange(ref, { previous: before.quality, next: after.quality }))
  if (before.category !== after.category) {
    changes.push(templateCategoryChange(ref, { previous: before.category, next: after.category, at: Math.floor(nowMs(provider) / 1_000) }))
  }
  return changes
}

/** A name alone deletes every language of it. @returns how many went */
export async function deleteTemplates(provider: Provider, wabaId: string, which: { name: string; id?: string }): Promise<number> {
  const found = provider.ledger.world
    .templatesOfWaba(wabaId)
    .filter((template) => template.name === which.name && (which.id === undefined || template.id === which.id))
  await provider.ledger.record(...found.map(({ id }) => ({ t: 'template_removed' as const, id })))
  return found.length
}

/** A template as Graph lists it, with the fields that were asked for. */
export function templateAnswer(template: Template, fields: readonly string[] | null): Record<string, unknown> {
  const all: Record<string, unknown> = {
    name: template.name,
    parameter_format: template.parameterFormat,
    components: template.components,
    language: template.language,
    status: template.status,
    category: template.category,
    quality_score: { score: template.quality },
    rejected_reason: template.rejectedReason,
    id: template.id,
  }
  const shown = fields ?? ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id']
  return Object.fromEntries([...new Set([...shown, 'id'])].filter((name) => name in all).map((name) => [name, all[name]]))
}

/** Puts a set of templates in the place of what an account has. */
export async function replaceTemplates(provider: Provider, wabaId: string, templates: readonly TemplateInput[]): Promise<void> {
  const before = provider.ledger.world.templatesOfWaba(wabaId)
  await provider.ledger.record(...before.map(({ id }) => ({ t: 'template_removed' as const, id })))
  for (const template of templates) {
    const { parameter_format = 'POSITIONAL', status = 'APPROVED', components, ...rest } = template
    await addTemplate(provider, wabaId, {
      ...rest,
      parameterFormat: parameter_format,
      status,
      components: components as Record<string, unknown>[],
    })
  }
}
