export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string }

const LINK = /\bhttps?:\/\/[^\s<>"'`]+|\bwww\.[^\s<>"'`]+\.[^\s<>"'`]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w/])\+\d[\d\s().-]{6,18}\d/giu

/**
 * Cuts text into words and links. Only http, https, mail addresses and international phone numbers become links; the text
 * itself is never changed, and what ends a sentence or closes a bracket is not part of an address.
 */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = []
  let done = 0
  for (const match of text.matchAll(LINK)) {
    const found = trimEnd(match[0])
    const href = hrefOf(found)
    if (href === null) continue
    if (match.index > done) parts.push({ kind: 'text', text: text.slice(done, match.index) })
    parts.push({ kind: 'link', text: found, href })
    done = match.index + found.length
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) })
  return parts
}

function trimEnd(address: string): string {
  let end = address.replace(/[.,;:!?،؛؟»”’…]+$/u, '')
  while (end.endsWith(')') && end.split('(').length < end.split(')').length) end = end.slice(0, -1).replace(/[.,;:!?]+$/u, '')
  return end
}

function hrefOf(found: string): string | null {
  if (/^\+/.test(found)) return `tel:${found.replace(/[^\d+]/g, '')}`
  if (/^[^/\s]+@/.test(found)) return `mailto:${found}`
  try {
    return new URL(/^www\./i.test(found) ? `https://${found}` : found).href
  } catch {
    return null
  }
}

/** One to three emoji and nothing else are shown large, as customers see them in their own app. */
export function isLargeEmoji(text: string): boolean {
  const clusters = [...new Intl.Segmenter().segment(text.trim())].map(({ segment }) => segment)
  return (
    clusters.length > 0 &&
    clusters.length <= 3 &&
    clusters.every((cluster) => /^(\p{Extended_Pictographic}|\p{Regional_Indicator}{2})/u.test(cluster))
  )
}
