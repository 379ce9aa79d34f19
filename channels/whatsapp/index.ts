import { z } from 'zod'
import { LIMITS } from '#platform/limits.ts'
import type { Connector } from '../connector.ts'
import { CAPABILITIES } from './capabilities.ts'
import type { WhatsappCredentials, WhatsappOptions } from './graph.ts'
import { listTemplates } from './list-templates.ts'
import { markRead } from './mark-read.ts'
import { fetchMedia, uploadMedia } from './media.ts'
import { parseWebhook } from './parse.ts'
import { probe } from './probe.ts'
import { send } from './send.ts'
import { answerHandshake, verifySignature } from './verify.ts'

export { KNOWN_ERRORS } from './errors.ts'
export type { WhatsappCredentials, WhatsappOptions } from './graph.ts'

/** A system user's token. The app's secret and verify token belong to the webhook's address, not to the number. */
const credentials: z.ZodType<WhatsappCredentials> = z.object({ accessToken: z.string().trim().min(1).max(LIMITS.tokenChars) })

/** The WhatsApp Cloud API as a connector; README.md beside this file says what it covers. */
export function createWhatsapp(options: WhatsappOptions): Connector<WhatsappCredentials> {
  return {
    kind: 'whatsapp',
    capabilities: CAPABILITIES,
    credentials,
    handshake: answerHandshake,
    verify: verifySignature,
    parse: parseWebhook,
    send: (message, token, http) => send(options, message, token, http),
    extras: {
      fetchMedia: (media, token, http) => fetchMedia(options, media, token, http),
      uploadMedia: (file, token, http) => uploadMedia(options, file, token, http),
      markRead: (mark, token, http) => markRead(options, mark, token, http),
      listTemplates: (account, token, http) => listTemplates(options, account, token, http),
      probe: (account, token, http) => probe(options, account, token, http),
    },
  }
}
