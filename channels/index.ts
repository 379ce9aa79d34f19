import type { ChannelKind, Connector } from './connector.ts'
import { createWhatsapp, KNOWN_ERRORS as WHATSAPP_ERRORS, type WhatsappOptions } from './whatsapp/index.ts'

/** What each connector is told about the outside: addresses, never credentials. */
export interface ConnectorOptions {
  whatsapp: WhatsappOptions
}

/** Every connector by its channel. Made once where a process is put together, and passed on from there. */
export type Connectors = Readonly<Record<ChannelKind, Connector<unknown>>>

export function createConnectors(options: ConnectorOptions): Connectors {
  return { whatsapp: createWhatsapp(options.whatsapp) }
}

/** Every error code a connector may answer with, and how it is treated; the screens have advice in words for each. */
export const KNOWN_ERRORS = { whatsapp: WHATSAPP_ERRORS } as const satisfies Record<ChannelKind, unknown>
