export { attachIdentities } from './attach-identities.ts'
export { recordPreferences } from './record-preferences.ts'
export type { AttachedPerson, IdentityClaim, NamedPerson } from './types.ts'
