import type { IdentityKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

/** One way an event names a person, its scope settled: `tenant`, a portfolio's id or a channel account's. */
export interface IdentityClaim {
  kind: IdentityKind
  scope: string
  value: string
  /** The provider vouches for it, so it may tie channels together; otherwise it is a weak sign. */
  attested: boolean
  /** What the provider calls this address by, such as the wa_id to send to. */
  username?: string
}

/** The person one event names. */
export interface NamedPerson {
  tenantId: Id<'tenant'>
  claims: readonly IdentityClaim[]
  name?: string
  /** The event's time at the provider. */
  at: Date
  /** The event says that all these are one person (a changed number), which outweighs every doubt. */
  isStatement?: boolean
}

export interface AttachedPerson {
  /** The merge root. */
  contactId: Id<'contact'>
  isBlocked: boolean
  /** Of the identities that are this contact's now, strongest first. */
  identityIds: Id<'contactIdentity'>[]
  /** Was any of them unknown or somebody else's until now? */
  hasNews: boolean
}

export interface ContactMerge {
  tenantId: Id<'tenant'>
  fromId: Id<'contact'>
  intoId: Id<'contact'>
}

/** An address that passed from one contact to another. */
export interface MovedIdentity {
  tenantId: Id<'tenant'>
  identityId: Id<'contactIdentity'>
}

export interface Attached {
  /** One for each person asked about, in order. */
  people: AttachedPerson[]
  merges: ContactMerge[]
  moved: MovedIdentity[]
}
