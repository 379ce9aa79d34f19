import { z } from 'zod'
import { CHANNEL_KINDS } from '#channels/connector.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { Tx } from '#platform/db/database.ts'
import { emit, eventOf } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ChannelAccountChanged } from './events.ts'
import { sealCredentials, sealOwnApp } from './secrets.ts'

const address = z.string().trim().min(1).max(LIMITS.identityChars)

export const AddChannelAccount = z.object({
  channel: z.enum(CHANNEL_KINDS),
  name: z.string().trim().min(1).max(LIMITS.nameChars),
  /** The provider's address of the account; WhatsApp: the phone_number_id. */
  address,
  /** As people write it; WhatsApp: the number. */
  displayAddress: address.optional(),
  /** WhatsApp: the WABA id. */
  businessId: address.optional(),
  /** Within which a BSUID is unique; the business itself until the provider tells. */
  portfolioId: address.optional(),
  /** Checked by the connector's own schema at the edge. */
  credentials: z.record(z.string(), z.unknown()),
  /** Set when the tenant brings a provider app of its own. */
  ownApp: z.object({ appSecret: z.string().min(1), verifyToken: z.string().min(1) }).optional(),
})
export type AddChannelAccount = z.infer<typeof AddChannelAccount>

class AlreadyConnected extends Error {}

/**
 * Connects a tenant's number, page or mailbox: the account, its sealed credentials, and last the directory entry that makes
 * webhooks find it, so that nothing arrives for a half-made account (`channel_account.changed`, same transaction).
 * @returns the new id, or `already_exists`: this address is connected already, here or in another workspace
 */
export async function addChannelAccount(
  scope: Scope,
  keys: KeyRing,
  input: AddChannelAccount,
): Promise<Result<{ channelAccountId: Id<'channelAccount'> }, 'already_exists'>> {
  const channelAccountId = newId('channelAccount')
  try {
    await scope.transaction(async (tx) => {
      await insertAccount(tx, channelAccountId, input)
      await insertCredentials(tx, keys, channelAccountId, input)
      await insertAddress(tx, keys, channelAccountId, input)
      const payload = { channelAccountId, changed: ['connected'], version: 1 }
      await emit(tx, [eventOf(ChannelAccountChanged, scope.tenantId, payload)])
    })
  } catch (error) {
    if (error instanceof AlreadyConnected) return fail('already_exists')
    throw error
  }
  return ok({ channelAccountId })
}

async function insertAccount(tx: Tx, id: Id<'channelAccount'>, input: AddChannelAccount): Promise<void> {
  const made = await tx.sql(
    `insert into channel_accounts (tenant_id, id, channel, name, address, display_address, business_id, portfolio_id)
     values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, channel, address) do nothing returning id`,
    [
      toUuid(tx.tenantId),
      toUuid(id),
      input.channel,
      input.name,
      input.address,
      input.displayAddress ?? null,
      input.businessId ?? null,
      input.portfolioId ?? null,
    ],
  )
  if (made.length === 0) throw new AlreadyConnected()
}

async function insertCredentials(tx: Tx, keys: KeyRing, channelAccountId: Id<'channelAccount'>, input: AddChannelAccount): Promise<void> {
  const sealed = sealCredentials(keys, { tenantId: tx.tenantId, channelAccountId }, input.credentials)
  await tx.sql('insert into channel_credentials (tenant_id, channel_account_id, sealed) values ($1::uuid, $2::uuid, $3)', [
    toUuid(tx.tenantId),
    toUuid(channelAccountId),
    sealed,
  ])
}

/** The directory's primary key settles who was first when two workspaces connect one number at once. */
async function insertAddress(tx: Tx, keys: KeyRing, channelAccountId: Id<'channelAccount'>, input: AddChannelAccount): Promise<void> {
  const sealed = input.ownApp ? sealOwnApp(keys, { tenantId: tx.tenantId, channelAccountId }, input.ownApp) : null
  const made = await tx.sql(
    `insert into channel_addresses (channel, address, tenant_id, channel_account_id, business_id, display_address, webhook_secrets)
     values ($1, $2, $3::uuid, $4::uuid, $5, $6, $7) on conflict (channel, address) do nothing returning address`,
    [
      input.channel,
      input.address,
      toUuid(tx.tenantId),
      toUuid(channelAccountId),
      input.businessId ?? null,
      digitsOf(input.displayAddress),
      sealed,
    ],
  )
  if (made.length === 0) throw new AlreadyConnected()
}

/** Webhooks name a number by its digits alone, so the directory keeps it like that. */
function digitsOf(displayAddress: string | undefined): string | null {
  return displayAddress?.replace(/\D/g, '') || null
}
