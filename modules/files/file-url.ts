import { equalInConstantTime, hmac } from '#platform/crypto.ts'
import { type Id, isId } from '#platform/ids.ts'

const STEP_MS = 3_600_000

/**
 * Addresses of stored files: whoever has one may fetch the file until it runs out, after one to two hours. The end is
 * rounded to the hour, so that a picture keeps its address while a screen is redrawn and the browser's cache serves it.
 * Signed with the tenant's own key over tenant, file and end.
 */
export function signedFileUrl(fileKey: string, tenantId: Id<'tenant'>, attachmentId: Id<'attachment'>, now: Date): string {
  const expires = Math.ceil(now.getTime() / STEP_MS) * STEP_MS + STEP_MS
  return `/files/${tenantId}/${attachmentId}?e=${expires}&s=${sign(fileKey, tenantId, attachmentId, expires)}`
}

/** What a file's address names, before its signature is checked; null when it is no such address. */
export interface FileAddress {
  tenantId: Id<'tenant'>
  attachmentId: Id<'attachment'>
  expires: number
  signature: string
}

/** @param url path and query, such as `/files/ten_…/att_…?e=…&s=…` */
export function parseFileUrl(url: string): FileAddress | null {
  const { pathname, searchParams } = new URL(url, 'http://files.invalid')
  const [, folder, tenantId, attachmentId, ...rest] = pathname.split('/')
  const expires = Number(searchParams.get('e'))
  if (folder !== 'files' || rest.length > 0 || !isId('tenant', tenantId) || !isId('attachment', attachmentId)) return null
  if (!Number.isSafeInteger(expires)) return null
  return { tenantId, attachmentId, expires, signature: searchParams.get('s') ?? '' }
}

/** Was it signed with this key, and has it not run out? */
export function verifyFileUrl(fileKey: string, { tenantId, attachmentId, expires, signature }: FileAddress, now: Date): boolean {
  return expires > now.getTime() && equalInConstantTime(signature, sign(fileKey, tenantId, attachmentId, expires))
}

function sign(fileKey: string, tenantId: string, attachmentId: string, expires: number): string {
  return hmac(fileKey, `file/${tenantId}/${attachmentId}/${expires}`)
}
