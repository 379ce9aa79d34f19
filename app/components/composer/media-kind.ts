import type { Capabilities, MediaKind } from '#channels/connector.ts'
import { LIMITS } from '#platform/limits.ts'

export type FileRefusal =
  | { why: 'empty' }
  | { why: 'too_large'; limitBytes: number }
  /** Endings people know, e.g. `jpeg, png, pdf`. */
  | { why: 'wrong_type'; allowed: string }

/** In the order the server asks them: the first that lists the type is what the file is sent as. */
const KINDS = ['image', 'video', 'audio', 'document'] as const satisfies readonly MediaKind[]

/**
 * As what a file would be sent on a channel, or why not. The server looks at the bytes again; this only saves an upload that
 * would be refused.
 */
export function mediaKindOf(file: { type: string; size: number }, capabilities: Capabilities): { kind: MediaKind } | FileRefusal {
  if (file.size === 0) return { why: 'empty' }
  const mimeType = file.type.split(';')[0]?.trim().toLowerCase() ?? ''
  const kind = KINDS.find((each) => capabilities.media[each]?.outbound.mimeTypes.some((type) => type === '*' || type === mimeType))
  if (kind === undefined) return { why: 'wrong_type', allowed: allowedEndings(capabilities) }
  const limitBytes = Math.min(LIMITS.attachmentBytes, capabilities.media[kind]?.outbound.maxBytes ?? 0)
  return file.size > limitBytes ? { why: 'too_large', limitBytes } : { kind }
}

function allowedEndings(capabilities: Capabilities): string {
  const types = Object.values(capabilities.media).flatMap((limits) => limits.outbound.mimeTypes)
  return [...new Set(types.map((type) => type.split('/')[1]?.split(/[.+-]/).at(-1) ?? type))].slice(0, 12).join(', ')
}
