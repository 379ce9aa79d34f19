import { z } from 'zod'

const delayMs = z.number().min(0).max(3_600_000)

/** How long the provider and the phone take, milliseconds. `readMs` is a person who reads by himself because nobody holds the phone. */
export const ReceiptTiming = z.object({
  sentMs: delayMs.default(150),
  deliveredMs: delayMs.default(350),
  readMs: delayMs.default(1_500),
})
export type ReceiptTiming = z.infer<typeof ReceiptTiming>

/** A number's own timing; what it does not name is as for all. */
const OwnTiming = z.object({ sentMs: delayMs.optional(), deliveredMs: delayMs.optional(), readMs: delayMs.optional() })

/** A template as `POST /<WABA>/message_templates` takes it; `status` only here, where no reviewer is needed. */
export const TemplateInput = z.object({
  /** Numeric; may be beyond 2^53, as some of Meta's are. */
  id: z
    .string()
    .regex(/^\d{6,20}$/)
    .optional(),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string().min(2).max(15),
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).default('POSITIONAL'),
  status: z
    .enum([
      'PENDING',
      'APPROVED',
      'REJECTED',
      'PAUSED',
      'DISABLED',
      'IN_APPEAL',
      'PENDING_DELETION',
      'DELETED',
      'LIMIT_EXCEEDED',
      'ARCHIVED',
    ])
    .default('APPROVED'),
  components: z.array(z.record(z.string(), z.unknown())).min(1).max(20),
})
export type TemplateInput = z.input<typeof TemplateInput>

export const NumberInput = z.strictObject({
  phoneNumberId: z.string().regex(/^\d{3,20}$/, 'must be digits'),
  wabaId: z.string().regex(/^\d{3,20}$/, 'must be digits'),
  displayNumber: z.string().regex(/^\+?[\d ()-]{7,25}$/, 'must be a phone number'),
  accessToken: z.string().min(1).max(512),
  name: z.string().min(1).max(200),
  /** BSUIDs are unique per business portfolio and person; two numbers of one portfolio see the same one. Default: the WABA. */
  portfolioId: z.string().max(64).optional(),
  /** A tenant's own Meta app: its secret and where its webhook lives. Default: as it was, else the app of the options. */
  appSecret: z.string().min(1).max(256).optional(),
  webhookUrl: z.url().optional(),
  /** false: as a real number before `POST /<WABA>/subscribed_apps`, nothing is ever posted. Default: as it was, else true. */
  subscribed: z.boolean().optional(),
  /** true: shared with the WhatsApp Business app, so edits and deletions arrive as such and not as `unsupported`. */
  businessApp: z.boolean().default(true),
  /** false: webhooks look as they did before business-scoped user ids. */
  userIds: z.boolean().default(true),
  /** Refuse `to` without `+`. false: do what Meta does, and put the business number's country code in front. */
  requirePlus: z.boolean().default(true),
  /** What a person we never heard from counts as: `open` suits demos whose history was seeded elsewhere. */
  unknownWindow: z.enum(['closed', 'open']).default('closed'),
  /** Where a closed window shows: live, the send is accepted and a `failed` status follows. `answer` refuses at once. */
  windowError: z.enum(['status', 'answer']).default('status'),
  /** Inbound and outbound together; null = no limit. */
  messagesPerSecond: z.number().int().min(1).max(100_000).nullable().default(80),
  pairLimit: z
    .object({ everyMs: z.number().int().min(1), burst: z.number().int().min(1) })
    .nullable()
    .default({ everyMs: 6_000, burst: 45 }),
  receipts: OwnTiming.optional(),
  /** Absent: a realistic set in English, Arabic and Indonesian, unless the account has templates already. */
  templates: z.array(TemplateInput).max(250).optional(),
})
export type NumberInput = z.input<typeof NumberInput>

export const CustomerInput = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  username: z.string().max(64).optional(),
  /** Digits with or without `+`. Null or absent: only known by a business-scoped user id. */
  waId: z
    .string()
    .regex(/^\+?\d{7,15}$/, 'must be 7 to 15 digits with the country code')
    .nullable()
    .optional(),
  /** Absent: derived from the portfolio and the person, as stable as the real ones. */
  userId: z
    .string()
    .regex(/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/, 'must look like US.13491208655302741918')
    .optional(),
  onWhatsApp: z.boolean().optional(),
  online: z.boolean().optional(),
  readReceipts: z.boolean().optional(),
  /** `stop`: marketing templates fail with 131050. */
  marketing: z.enum(['resume', 'stop']).optional(),
  receiptDelayMs: z.number().int().min(0).max(600_000).optional(),
  /** The error code every message to this phone fails with; null = none. */
  failWith: z.number().int().min(0).max(999_999).nullable().optional(),
  /** When this person last wrote to which number: opens the 24-hour window for history that was seeded elsewhere. */
  lastMessages: z
    .array(z.object({ phoneNumberId: z.string(), at: z.iso.datetime() }))
    .max(100)
    .optional(),
})
export type CustomerInput = z.input<typeof CustomerInput>

export const WebhookDelivery = z.object({
  /** Requests in the air at once. */
  concurrency: z.number().int().min(1).max(256).default(16),
  timeoutMs: z.number().int().min(10).max(120_000).default(10_000),
  /** The second try comes at once, the third after this, then twice as long each time. */
  firstGapMs: z.number().int().min(1).max(60_000).default(100),
  maxGapMs: z.number().int().min(1).max(3_600_000).default(5_000),
  tries: z.number().int().min(1).max(10_000).default(200),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

/** Plain data, so that a supervisor can hand it over as a file. */
export const SandboxOptions = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(0),
  /** Where the phone, the control API and the journal live; the web process streams it on under the same name. */
  publicPath: z
    .string()
    .regex(/^\/[\w/-]*[\w-]$/)
    .default('/sandbox'),
  webhookUrl: z.url(),
  appSecret: z.string().min(1),
  verifyToken: z.string().min(1),
  /** Absent: everything is forgotten when the process ends. */
  dataDir: z.string().optional(),
  numbers: z.array(NumberInput).default([]),
  customers: z.array(CustomerInput).default([]),
  receipts: ReceiptTiming.prefault({}),
  webhooks: WebhookDelivery.prefault({}),
  /** How many entries `GET /journal` can go back; the file keeps more. */
  journalEntries: z.number().int().min(100).max(10_000_000).default(100_000),
  /** How long a new template is under review; null = until the control API decides. */
  templateReviewMs: z.number().int().min(0).nullable().default(2_000),
  logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
})
export type SandboxOptions = z.input<typeof SandboxOptions>
