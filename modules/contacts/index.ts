export { attachIdentities } from './attach-identities.ts'
export { type PreferenceWord, recordPreferences } from './record-preferences.ts'
export type { Attached, AttachedPerson, ContactMerge, IdentityClaim, MovedIdentity, NamedPerson } from './types.ts'
