import type { Id } from '../ids.ts'

/** Where files lie: private, whole or absent, named by keys we make ourselves. */
export interface BlobStore {
  /** Durable when it resolves: the bytes survive a power cut. Writing a key again replaces it as a whole. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** @param range first and last byte, both inclusive as in HTTP; absent = all */
  get(key: string, range?: { first: number; last: number }): Promise<Uint8Array | null>
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>
}

/** A key of one tenant's file: everything a tenant owns lies below its own prefix. */
export function tenantBlobKey(tenantId: Id<'tenant'>, folder: string, name: string): string {
  return checkedBlobKey(`tenants/${tenantId}/${folder}/${name}`)
}

/**
 * Keys are two or more segments of letters, digits, dot, dash and underscore, none beginning with a dot: on a disk they can't
 * climb out of their root, and in a bucket they need no escaping.
 * @throws Error for any other key, since keys are made by code and never by people
 */
export function checkedBlobKey(key: string): string {
  if (key.length > 512 || !/^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/.test(key)) throw new Error(`not a blob key: ${key.slice(0, 80)}`)
  return key
}
