import { UnparsableBody } from '../connector.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as JSON, except that whole numbers of 16 digits and more become strings: template ids exceed 2^53
 * (README, section 11), and a rounded id is another template's.
 * @throws UnparsableBody when the bytes are not UTF-8 or not JSON
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = utf8.decode(bytes)
    return JSON.parse(/[\s:,[]\d{16}/.test(text) ? quoteLongNumbers(text) : text)
  } catch (error) {
    throw new UnparsableBody(`not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}`)
  }
}

/** Node 20 has no reviver that sees a number's source, so the digits are quoted before they are parsed. */
function quoteLongNumbers(text: string): string {
  const parts: string[] = []
  const token = /"|\d{16,}/g
  let copied = 0
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const start = match.index
    if (match[0] === '"') {
      token.lastIndex = endOfString(text, start)
      continue
    }
    const end = token.lastIndex
    if (!isWholeNumber(text, start, end)) continue
    parts.push(text.slice(copied, start), '"', match[0], '"')
    copied = end
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

/** Past the quote that closes the string opened at `open`; a quote behind an odd number of backslashes does not. */
function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
  }
  return text.length
}

/** Neither a fraction, nor an exponent, nor negative, nor a part of one of these. */
function isWholeNumber(text: string, start: number, end: number): boolean {
  return !/[\d.eE+-]/.test(text[start - 1] ?? '') && !/[.eE]/.test(text[end] ?? '')
}
