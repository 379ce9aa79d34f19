import type { Database } from '#platform/db/database.ts'
import { newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { isTaken } from './insert-member.ts'
import { hashPassword } from './passwords.ts'

/**
 * Makes a user who can sign in with a password; the CLI's and the seed's way, until people sign up themselves.
 * @returns `already_exists` when the address has an account, `invalid_input` for a password outside the limits
 */
export async function createUser(
  database: Database,
  input: { name: string; email: string; password: string; locale?: string },
): Promise<Result<{ userId: string }, 'already_exists' | 'invalid_input'>> {
  if (input.password.length < LIMITS.passwordCharsMin || input.password.length > LIMITS.passwordChars) return fail('invalid_input')
  const userId = newId('user')
  const password = await hashPassword(input.password)
  try {
    await database.prisma.user.create({
      data: {
        id: userId,
        name: input.name,
        email: input.email.trim().toLowerCase(),
        emailVerified: true,
        locale: input.locale ?? null,
        accounts: { create: { id: newId('account'), accountId: userId, providerId: 'credential', password } },
      },
    })
  } catch (error) {
    if (isTaken(error)) return fail('already_exists')
    throw error
  }
  return ok({ userId })
}
