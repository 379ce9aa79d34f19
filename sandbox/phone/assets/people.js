// @ts-check
/** The panel: who holds the phone, which business is written to, how the phone behaves, how the page looks. */

import { translatedPreview } from './bubbles.js'
import { byId, elementOf, hueOf, make, notice, post, text } from './dom.js'

/** @typedef {import('../frames.ts').PersonRow} PersonRow */
/** @typedef {import('../frames.ts').PersonSettings} PersonSettings */

/**
 * @param {PersonRow[]} people
 * @param {string} chosenId
 * @param {(id: string) => void} choose
 */
export function drawPeople(people, chosenId, choose) {
  const list = byId('people')
  const focused = document.activeElement?.closest('[data-person]')?.getAttribute('data-person')
  list.replaceChildren(...people.map((person) => make('li', {}, personButton(person, person.id === chosenId, choose))))
  if (focused)
    list
      .querySelector(`[data-person="${CSS.escape(focused)}"]`)
      ?.closest('button')
      ?.focus()
}

/**
 * @param {PersonRow} person
 * @param {boolean} chosen
 * @param {(id: string) => void} choose
 */
function personButton(person, chosen, choose) {
  const avatar = make('span', { class: 'avatar', 'aria-hidden': 'true' }, [...person.name][0] ?? '?')
  avatar.style.setProperty('--hue', hueOf(person.name))
  const said = person.preview === null ? (person.address ?? text('noNumber')) : translatedPreview(person.preview)
  const who = person.preview !== null && person.previewMine ? `${text('you')}: ` : null
  const below = make('small', {}, who, make('bdi', {}, said))
  const badge =
    person.unread > 0 && !chosen
      ? make('span', { class: 'badge', 'aria-label': text('unread', { count: String(person.unread) }) }, String(person.unread))
      : null
  const attributes = {
    type: 'button',
    'data-person': person.id,
    'aria-current': chosen ? 'true' : undefined,
    click: () => choose(person.id),
  }
  return make('button', attributes, avatar, make('span', {}, make('b', {}, make('bdi', {}, person.name)), below), badge)
}

/** @param {PersonSettings} person */
export function showSettings(person) {
  elementOf('online', HTMLInputElement).checked = person.online
  elementOf('readReceipts', HTMLInputElement).checked = person.readReceipts
  elementOf('slow', HTMLInputElement).checked = person.receiptDelayMs > 0
  elementOf('failWith', HTMLSelectElement).value = String(person.failWith ?? '')
  byId('off-banner').hidden = person.online
  byId('owner-name').textContent = person.name
  const avatar = byId('owner-avatar')
  avatar.textContent = [...person.name][0] ?? '?'
  avatar.style.setProperty('--hue', hueOf(person.name))
  document.title = `${text('title')} · ${person.name}`
}

/** How late receipts are when the switch is on, milliseconds. */
const SLOW_MS = 5_000

/** @param {() => string} personId who holds the phone at that moment */
export function wireSettings(personId) {
  /** @param {Record<string, unknown>} change */
  const save = (change) => post(`customers/${personId()}`, change).catch((error) => notice(error.message))
  for (const id of ['online', 'readReceipts']) {
    const input = elementOf(id, HTMLInputElement)
    input.addEventListener('change', () => void save({ [id]: input.checked }))
  }
  const slow = elementOf('slow', HTMLInputElement)
  slow.addEventListener('change', () => void save({ receiptDelayMs: slow.checked ? SLOW_MS : 0 }))
  const failing = elementOf('failWith', HTMLSelectElement)
  failing.addEventListener('change', () => void save({ failWith: failing.value === '' ? null : Number(failing.value) }))
  wireLooks()
  wireMenu()
}

function wireLooks() {
  const theme = elementOf('theme', HTMLSelectElement)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const wanted = theme.value === 'auto' ? (dark.matches ? 'dark' : 'light') : theme.value
    document.documentElement.dataset.theme = wanted
  }
  theme.value = localStorage.getItem('phone-theme') ?? 'auto'
  apply()
  dark.addEventListener('change', apply)
  theme.addEventListener('change', () => {
    localStorage.setItem('phone-theme', theme.value)
    apply()
  })
  const language = elementOf('language', HTMLSelectElement)
  language.addEventListener('change', () => {
    const address = new URL(location.href)
    address.searchParams.set('lang', language.value)
    location.href = address.href
  })
}

/** On a narrow screen the panel lies over the phone, and the phone can't be reached until it is closed. */
function wireMenu() {
  const opener = byId('open-menu')
  const phone = document.querySelector('main')
  /** @param {boolean} open */
  const show = (open) => {
    document.body.classList.toggle('menu-open', open)
    opener.setAttribute('aria-expanded', String(open))
    phone?.toggleAttribute('inert', open)
    byId(open ? 'close-menu' : 'open-menu').focus()
  }
  opener.addEventListener('click', () => show(true))
  byId('close-menu').addEventListener('click', () => show(false))
  byId('side').addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.body.classList.contains('menu-open')) show(false)
  })
}

/** After a person or number was chosen on a narrow screen, the phone is what one wants to see. */
export function closeMenu() {
  if (document.body.classList.contains('menu-open')) byId('close-menu').click()
}
