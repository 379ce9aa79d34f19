import { z } from 'zod'
import {
  CHANNEL_KINDS,
  CONTENT_KINDS,
  ERROR_CLASSES,
  IDENTITY_KINDS,
  type InboundEvent,
  MEDIA_KINDS,
  RECEIPT_STATUSES,
} from '#channels/connector.ts'
import { LIMITS } from '#platform/limits.ts'

/**
 * The events of channels/connector.ts as they come off the bus, where another version of us, or somebody else, may have put
 * them. What does not fit is one event's fault and costs nothing beside it.
 */
const externalId = z.string().min(1).max(LIMITS.externalIdChars)
const text = z.string().max(LIMITS.messageTextChars)

const Identity = z.object({
  kind: z.enum(IDENTITY_KINDS),
  scope: z.enum(['tenant', 'portfolio', 'account']),
  value: z.string().min(1).max(LIMITS.identityChars),
  attested: z.boolean(),
})
const Person = z.object({
  identities: z.array(Identity).max(LIMITS.identitiesPerPerson),
  name: z.string().optional(),
  username: z.string().optional(),
})
const KnownPerson = Person.extend({ identities: Person.shape.identities.min(1, 'the event names nobody') })

const Media = z.object({
  kind: z.enum(MEDIA_KINDS),
  providerMediaId: z.string().optional(),
  url: z.string().optional(),
  mimeType: z.string().optional(),
  sha256: z.string().optional(),
  fileName: z.string().optional(),
  sizeBytes: z.number().int().optional(),
  animated: z.boolean().optional(),
})
const Location = z.object({
  latitude: z.number(),
  longitude: z.number(),
  name: z.string().optional(),
  address: z.string().optional(),
  url: z.string().optional(),
})
const ContactCard = z.object({
  name: z.string(),
  phones: z.array(z.object({ phone: z.string(), waId: z.string().optional(), type: z.string().optional() })),
  emails: z.array(z.object({ email: z.string(), type: z.string().optional() })),
  organization: z.string().optional(),
})
const OrderItem = z.object({ productId: z.string(), quantity: z.number(), price: z.number().optional(), currency: z.string().optional() })
const Choice = z.object({
  source: z.enum(['button', 'list', 'quick_reply', 'flow', 'call_permission']),
  id: z.string().optional(),
  title: z.string().optional(),
  data: z.unknown(),
})
const Content = z.object({
  kind: z.enum(CONTENT_KINDS),
  text: text.optional(),
  media: Media.optional(),
  location: Location.optional(),
  contacts: z.array(ContactCard).max(LIMITS.partsPerMessage).optional(),
  order: z
    .object({ catalogId: z.string().optional(), text: text.optional(), items: z.array(OrderItem).max(LIMITS.partsPerMessage) })
    .optional(),
  choice: Choice.optional(),
  provider: z
    .object({ type: z.string().optional(), code: z.string().optional(), title: z.string().optional(), details: z.string().optional() })
    .optional(),
})
const Referral = z.object({
  sourceUrl: z.string().optional(),
  sourceId: z.string().optional(),
  sourceType: z.string().optional(),
  headline: z.string().optional(),
  body: z.string().optional(),
  mediaUrl: z.string().optional(),
  clickId: z.string().optional(),
})
const Context = z.object({
  replyToExternalId: externalId.optional(),
  forwarded: z.enum(['once', 'often']).optional(),
  referral: Referral.optional(),
  referredProduct: z.object({ catalogId: z.string().optional(), productId: z.string().optional() }).optional(),
  groupId: z.string().optional(),
})

const base = {
  account: z.object({
    channel: z.enum(CHANNEL_KINDS),
    address: z.string().max(LIMITS.identityChars),
    businessId: z.string().optional(),
    displayAddress: z.string().optional(),
  }),
  providerTime: z.iso.datetime().nullable(),
}
const said = {
  ...base,
  person: KnownPerson,
  externalId,
  content: Content,
  context: Context.optional(),
  history: z.literal(true).optional(),
}
const aside = { ...base, person: KnownPerson, externalId, targetExternalId: externalId, fromBusiness: z.boolean() }

const Receipt = z.object({
  ...base,
  type: z.literal('receipt'),
  externalId,
  status: z.enum(RECEIPT_STATUSES),
  echo: z.string().optional(),
  person: Person.optional(),
  error: z.object({ code: z.string(), class: z.enum(ERROR_CLASSES), title: z.string(), details: z.string().optional() }).optional(),
  pricing: z
    .object({
      billable: z.boolean().optional(),
      model: z.string().optional(),
      type: z.string().optional(),
      category: z.string().optional(),
    })
    .optional(),
  participant: z.string().optional(),
})
const PersonChanged = z.object({
  ...base,
  type: z.literal('person_changed'),
  change: z.enum(['number', 'bsuid', 'identity_key', 'other']),
  person: KnownPerson,
  externalId,
  nowKnownAs: z.array(Identity).max(LIMITS.identitiesPerPerson),
  text: text.optional(),
})
const TemplateChanged = z.object({
  ...base,
  type: z.literal('template'),
  templateExternalId: externalId,
  name: z.string().optional(),
  language: z.string().optional(),
  status: z.string().optional(),
  category: z.string().optional(),
  quality: z.string().optional(),
  reason: z.string().optional(),
  componentsChanged: z.literal(true).optional(),
})
const AccountChanged = z.object({
  ...base,
  type: z.literal('account'),
  field: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  summary: z.string(),
  data: z.unknown(),
})

export const InboundEventSchema = z.discriminatedUnion('type', [
  z.object({ ...said, type: z.literal('message') }),
  z.object({ ...said, type: z.literal('echo') }),
  z.object({ ...aside, type: z.literal('reaction'), emoji: z.string().max(LIMITS.emojiChars).nullable() }),
  z.object({ ...aside, type: z.literal('edit'), content: Content }),
  z.object({ ...aside, type: z.literal('revoke') }),
  PersonChanged,
  Receipt,
  z.object({
    ...base,
    type: z.literal('preference'),
    person: KnownPerson,
    category: z.string().max(100),
    value: z.enum(['stop', 'resume', 'signup']),
  }),
  TemplateChanged,
  AccountChanged,
  z.object({ ...base, type: z.literal('unsupported'), field: z.string(), reason: z.string() }),
]) satisfies z.ZodType<InboundEvent>
