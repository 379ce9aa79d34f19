import { z } from 'zod'
import { LIMITS } from './limits.ts'

/**
 * Keyset cursors: the place of a page's last row, opaque to whoever carries it. They need no signature, because a cursor only
 * says where to go on; what is visible there is decided by the query it is used in.
 */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** @throws when the cursor is not one of `position`; inputs check it with `cursorSchema` before. */
export function decodeCursor<Position>(cursor: string, position: z.ZodType<Position>): Position {
  return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
}

/** For inputs: a cursor that decodes to `position`, still opaque. */
export function cursorSchema(position: z.ZodType): z.ZodType<string, string> {
  return z
    .string()
    .max(LIMITS.cursorChars)
    .refine((cursor) => {
      try {
        decodeCursor(cursor, position)
        return true
      } catch {
        return false
      }
    }, 'not a cursor of this list')
}
