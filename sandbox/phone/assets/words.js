// @ts-check
/** What people wrote, as WhatsApp shows it. */

import { make } from './dom.js'

/**
 * WhatsApp's own marks (*bold*, _italic_, ~struck~, `code`), links, and emoji alone in large.
 * @param {string} written
 * @returns {HTMLElement}
 */
export function words(written) {
  const alone = /^\p{RGI_Emoji}{1,3}$/v.test(written)
  const paragraph = make('p', { class: alone ? 'text jumbo' : 'text', dir: 'auto' })
  const pattern = /(https?:\/\/[^\s]+)|(?<![\p{L}\d])([*_~`])(\S(?:[^\n]*?\S)?)\2(?![\p{L}\d])/gu
  let last = 0
  for (const match of written.matchAll(pattern)) {
    paragraph.append(written.slice(last, match.index))
    const [whole, address, mark = '', inner = ''] = match
    const tag = { '*': 'strong', _: 'em', '~': 's', '`': 'code' }[mark] ?? 'span'
    paragraph.append(address ? make('a', { href: address, target: '_blank', rel: 'noreferrer' }, address) : make(tag, {}, inner))
    last = match.index + whole.length
  }
  paragraph.append(written.slice(last))
  return paragraph
}
