/** Everything has a limit, and this is where it stands. Stored lengths also have a CHECK in SQL. */
export const LIMITS = {
  /** Largest webhook body we read, bytes. Meta's largest documented batch (1,000 updates) stays well below. */
  webhookBodyBytes: 3_000_000,
  /** A raw body above this goes to the blob store before it is published, bytes. */
  inlineRawBytes: 262_144,
  /** What one address may send to ingress: a genuine request costs 1, one that is not signed as it should be costs more. */
  webhooksPerSecondPerAddress: 10_000,
  forgedWebhookCost: 100,
  updatesPerWebhook: 1_000,
  messageTextChars: 65_536,
  replyChars: 4_096,
  captionChars: 1_024,
  previewChars: 200,
  nameChars: 200,
  fileNameChars: 240,
  identityChars: 320,
  identitiesPerPerson: 20,
  externalIdChars: 512,
  urlChars: 2_048,
  tokenChars: 4_096,
  /** One emoji may be many code points joined together. */
  emojiChars: 64,
  /** A provider's words about an error. */
  errorChars: 1_000,
  /** Cards, order lines and the like in one message. */
  partsPerMessage: 100,
  /** Events one webhook may become; only imports of history come near (thousands of messages in one body). */
  eventsPerWebhook: 20_000,
  channelAccounts: 500,
  attachmentsPerMessage: 10,
  attachmentBytes: 20_000_000,
  pageSize: 50,
  pageSizeMax: 200,
  cursorChars: 256,
  /** Tab counters stop here and say `99+`, so that counting costs the same at a million conversations. */
  countedConversations: 99,
  missedMessagesShown: 20,
  templateParameterChars: 1_024,
  templateParameters: 50,
  eventPayloadBytes: 16_384,
  eventDepth: 16,
  busRecordBytes: 900_000,
  busKeyChars: 512,
  /** What publishers in one process may have waiting before further calls are refused at once, bytes. */
  busBufferBytes: 64_000_000,
  busPublishDeadlineMs: 5_000,
  intakeBatch: 500,
  transactionRetries: 8,
  parkedTries: 6,
  logRetentionHours: 72,
  webhookRetentionDays: 30,
  sseHeartbeatMs: 15_000,
  sseStreamsPerMember: 20,
  /** What may wait for a slow reader of one stream before it has to catch up from the log instead, bytes. */
  sseBufferBytes: 262_144,
  requestJsonBytes: 262_144,
  passwordChars: 128,
  passwordCharsMin: 8,
  sessionDays: 7,
  /** Sign-ins of one address: an office of agents behind one address fits in, a list of passwords does not. */
  signInsPerAddress: { tries: 60, windowMs: 60_000 },
  /** Sign-ins for one account, wherever from. */
  signInsPerAccount: { tries: 20, windowMs: 300_000 },
  providerTimeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  /** Largest answer read from a provider unless the caller expects a file, bytes. */
  providerAnswerBytes: 5_000_000,
  /** Entries the in-process cache holds before it forgets the least recently used. */
  cacheEntries: 20_000,
  cacheValueChars: 65_536,
  /** After this long without an answer a shared cache counts as out of reach. */
  cacheDeadlineMs: 1_000,
  /** How long a file we handed to a provider is relied upon to be there; WhatsApp keeps it thirty days. */
  providerMediaMs: 7 * 86_400_000,
  /** No call to a provider takes longer, its settling included; what still runs then has been lost. */
  longestCallMs: 300_000,
  /** A call that ended without a word holds its line this long, in case the word is only late. */
  unknownHoldsLineMs: 30_000,
  /** Then a person may settle it; earlier a receipt is the likelier answer. */
  unknownSettleableAfterMs: 600_000,
  drainMs: 25_000,
} as const
