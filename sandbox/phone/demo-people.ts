import type { CustomerInput } from '../options.ts'

/** Who is there when the phone is opened for the first time; the first one is chosen. The last is known by a user id only. */
export const demoPeople: readonly CustomerInput[] = [
  { name: 'Maya Rivera', waId: '+15550102030' },
  { name: 'أحمد السالم', waId: '+966550102030' },
  { name: 'Siti Rahmawati', waId: '+6281250102030' },
  { name: 'Robin', username: 'robin.k', waId: null },
]
