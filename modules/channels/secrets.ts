import { z } from 'zod'
import type { KeyRing } from '#platform/crypto.ts'
import type { AddressOwner, OwnApp } from './types.ts'

const OwnAppSchema: z.ZodType<OwnApp> = z.object({ appSecret: z.string(), verifyToken: z.string() })

/** Credentials are bound to tenant and row: a sealed value copied elsewhere does not open. */
export function sealCredentials(keys: KeyRing, owner: AddressOwner, credentials: unknown): Buffer {
  return keys.seal(Buffer.from(JSON.stringify(credentials)), credentialsContext(owner))
}

/** @throws SealBroken */
export function openCredentials(keys: KeyRing, owner: AddressOwner, sealed: Uint8Array): unknown {
  return JSON.parse(keys.open(sealed, credentialsContext(owner)).toString())
}

export function sealOwnApp(keys: KeyRing, owner: AddressOwner, app: OwnApp): Buffer {
  return keys.seal(Buffer.from(JSON.stringify(app)), ownAppContext(owner))
}

/** @throws SealBroken */
export function openOwnApp(keys: KeyRing, owner: AddressOwner, sealed: Uint8Array): OwnApp {
  return OwnAppSchema.parse(JSON.parse(keys.open(sealed, ownAppContext(owner)).toString()))
}

const credentialsContext = (owner: AddressOwner) => `channel_credentials/${owner.tenantId}/${owner.channelAccountId}`
const ownAppContext = (owner: AddressOwner) => `channel_addresses/${owner.tenantId}/${owner.channelAccountId}`
