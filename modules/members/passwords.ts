import { hash, verify } from '@node-rs/argon2'

/** argon2id at the cost OWASP recommends (19 MiB, two passes, one lane); the library's default variant is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

/** False for a wrong password and for a hash that is none; never throws for either. */
export async function isPasswordOf(stored: string, password: string): Promise<boolean> {
  return verify(stored, password).catch(() => false)
}
