import { type AddChannelAccount, addChannelAccount } from '#modules/channels/index.ts'
import { parseKeyRing } from '#platform/crypto.ts'
import type { Id } from '#platform/ids.ts'
import { newId } from '#platform/ids.ts'
import type { Scope } from '#platform/scope.ts'

/** A key ring of one key, the same in every test. */
export const testKeys = parseKeyRing(`test:${Buffer.alloc(32, 7).toString('base64')}`)

export interface BuiltChannelAccount {
  channelAccountId: Id<'channelAccount'>
  /** The phone_number_id. */
  address: string
  businessId: string
}

/** A connected WhatsApp number with an address nobody else in the run has. */
export async function aChannelAccount(scope: Scope, given: Partial<AddChannelAccount> = {}): Promise<BuiltChannelAccount> {
  const unique = BigInt(`0x${newId('webhook').slice(-12)}`).toString()
  const input: AddChannelAccount = {
    channel: 'whatsapp',
    name: 'Orders',
    address: `1${unique}`,
    displayAddress: '+62 811 000',
    businessId: `2${unique}`,
    credentials: { accessToken: 'token' },
    ...given,
  }
  const added = await addChannelAccount(scope, testKeys, input)
  if (!added.ok) throw new Error(added.code)
  return { channelAccountId: added.value.channelAccountId, address: input.address, businessId: input.businessId ?? '' }
}
