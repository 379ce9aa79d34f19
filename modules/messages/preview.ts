import { LIMITS } from '#platform/limits.ts'

/** One readable line of a text for lists, cut between characters and never inside one. */
export function previewOf(text: string): string {
  const line = text
    .slice(0, LIMITS.previewChars * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length <= LIMITS.previewChars ? line : [...line].slice(0, LIMITS.previewChars).join('')
}
