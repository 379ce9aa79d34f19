import { createHash } from 'node:crypto'
import type { Id } from '#platform/ids.ts'

/**
 * A place in one tenant's log, opaque to browsers: four bytes that tell the tenant, six of the sequence. Short, because it is
 * in every frame. It opens nothing: whoever shows one is asked for their session, and reads their own tenant.
 */
export function cursorOf(tenantId: Id<'tenant'>, sequence: number): string {
  const bytes = Buffer.alloc(10)
  markOf(tenantId).copy(bytes)
  bytes.writeUIntBE(sequence, 4, 6)
  return bytes.toString('base64url')
}

/** @returns the sequence, or undefined for what is no cursor of this tenant, such as another tenant's */
export function sequenceOf(tenantId: Id<'tenant'>, cursor: string): number | undefined {
  if (!/^[\w-]{14}$/.test(cursor)) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  return bytes.subarray(0, 4).equals(markOf(tenantId)) ? bytes.readUIntBE(4, 6) : undefined
}

const markOf = (tenantId: Id<'tenant'>) => createHash('sha256').update(tenantId).digest().subarray(0, 4)
