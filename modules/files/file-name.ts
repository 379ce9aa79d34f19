import { LIMITS } from '#platform/limits.ts'

/** Control characters, what separates paths, and what turns the reading direction around to hide an extension. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/**
 * A name that is safe to show, to store and to send on: no path, no control or direction characters, not hidden, not too
 * long, with an extension. Letters of any script stay as they are.
 */
export function safeFileName(name: string, extension: string | null): string {
  const base = name.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = base
    .replace(UNSAFE, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const dot = clean.lastIndexOf('.')
  const stem = (dot > 0 ? clean.slice(0, dot) : clean) || 'file'
  const given = dot > 0 ? clean.slice(dot + 1) : ''
  const ending = /^[A-Za-z0-9]{1,10}$/.test(given) ? given : (extension ?? '')
  const suffix = ending === '' ? '' : `.${ending}`
  return `${[...stem].slice(0, LIMITS.fileNameChars - suffix.length).join('')}${suffix}`
}
