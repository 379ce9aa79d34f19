// @ts-check
/** Small tools the page's scripts share: elements, icons, the person's language. */

/** @typedef {import('../texts.ts').Texts} Texts */
/** @typedef {import('../frames.ts').NumberRow} NumberRow */
/** @typedef {import('../frames.ts').PersonRow} PersonRow */
/** @typedef {import('../frames.ts').PersonSettings} PersonSettings */
/** @typedef {import('../frames.ts').Bubble} Bubble */

/**
 * What the server put into the page.
 * @typedef {{ language: string, texts: Texts, numbers: NumberRow[], number: NumberRow | null, person: PersonSettings, people: PersonRow[], bubbles: Bubble[] }} PageState
 */

/** @type {PageState} */
export const initial = JSON.parse(byId('state').textContent ?? '{}')

/**
 * An element that must be there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}

/**
 * An element that must be there and of that kind.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function elementOf(id, kind) {
  const element = byId(id)
  if (!(element instanceof kind)) throw new Error(`#${id} is not a ${kind.name}`)
  return element
}

/**
 * Makes an element. Texts go in as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, string | boolean | undefined | (() => void)>} attributes functions are event listeners, `true` is a bare attribute
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string') element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

/**
 * An icon of the page's sprite.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.append(use)
  return svg
}

/**
 * A text in the person's language, its `{names}` filled in.
 * @param {keyof Texts} key
 * @param {Record<string, string>} values
 * @returns {string}
 */
export function text(key, values = {}) {
  return initial.texts[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

/** @type {number | undefined} */
let noticeTimer

/**
 * Says something for a few seconds, to eyes and to screen readers.
 * @param {string} words
 */
export function notice(words) {
  const element = byId('notice')
  element.textContent = words
  clearTimeout(noticeTimer)
  noticeTimer = setTimeout(() => {
    element.textContent = ''
  }, 4_000)
}

/**
 * Posts to the sandbox; addresses are relative, whatever prefix the page is served under.
 * @param {string} path after `phone/`
 * @param {unknown} body plain data, or a FormData
 * @returns {Promise<{ id?: string }>}
 */
export async function post(path, body) {
  const form = body instanceof FormData
  const answer = await fetch(`phone/${path}`, {
    method: 'POST',
    body: form ? body : JSON.stringify(body),
    headers: form ? {} : { 'content-type': 'application/json' },
  })
  const result = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error(result.detail ?? answer.statusText)
  return result
}

/**
 * A stable colour for a name, dark enough for white letters.
 * @param {string} name
 * @returns {string}
 */
export function hueOf(name) {
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 360
  return `hsl(${sum} 45% 36%)`
}
