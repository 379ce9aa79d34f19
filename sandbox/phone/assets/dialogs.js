// @ts-check
/** The sheets: what can be done with a message, and the forms. */

import { byId, elementOf, make, text } from './dom.js'

/** @typedef {import('../frames.ts').Bubble} Bubble */

/**
 * Opens a sheet. A tap beside it or on its cross closes it; Escape does so by itself.
 * @param {string} id
 */
export function openSheet(id) {
  const sheet = elementOf(id, HTMLDialogElement)
  if (!sheet.open) sheet.showModal()
}

/** @param {string} id */
export function closeSheet(id) {
  elementOf(id, HTMLDialogElement).close()
}

export function wireSheets() {
  for (const sheet of document.querySelectorAll('dialog.sheet')) {
    if (!(sheet instanceof HTMLDialogElement)) continue
    sheet.querySelector('[data-close]')?.addEventListener('click', () => sheet.close())
    sheet.addEventListener('click', (event) => {
      if (event.target === sheet) sheet.close()
    })
  }
}

/**
 * Calls back with the fields of a form when it is sent, and closes its sheet.
 * @param {string} formId
 * @param {string} sheetId
 * @param {(fields: Record<string, string>) => void} onSend
 */
export function wireForm(formId, sheetId, onSend) {
  const form = elementOf(formId, HTMLFormElement)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    closeSheet(sheetId)
    onSend(fields)
  })
}

/**
 * What the message sheet can do.
 * @typedef {object} MessageActions
 * @property {(bubble: Bubble, emoji: string | null) => void} react
 * @property {(bubble: Bubble) => void} reply
 * @property {(bubble: Bubble) => void} edit
 * @property {(bubble: Bubble) => void} remove
 */

/** @type {Bubble | null} */
let chosen = null

/** @param {Bubble} bubble */
export function openMessageSheet(bubble) {
  chosen = bubble
  for (const button of byId('message-sheet').querySelectorAll('[data-react]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-react') === bubble.reactions.mine))
  }
  show('edit', bubble.editable)
  show('delete', bubble.mine)
  show('unreact', bubble.reactions.mine !== null)
  openSheet('message-sheet')
}

/**
 * @param {string} act
 * @param {boolean} visible
 */
function show(act, visible) {
  const button = byId('message-sheet').querySelector(`[data-act="${act}"]`)
  if (button instanceof HTMLElement) button.hidden = !visible
}

/** @param {MessageActions} actions */
export function wireMessageSheet(actions) {
  byId('message-sheet').addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-act], [data-react]') : null
    if (!button || !chosen) return
    const bubble = chosen
    closeSheet('message-sheet')
    const emoji = button.getAttribute('data-react')
    if (emoji !== null) return actions.react(bubble, emoji)
    const act = button.getAttribute('data-act')
    if (act === 'reply') actions.reply(bubble)
    else if (act === 'edit') actions.edit(bubble)
    else if (act === 'delete') actions.remove(bubble)
    else actions.react(bubble, null)
  })
}

/**
 * The rows of a list message.
 * @param {Bubble} bubble
 * @param {(row: { id: string, title: string, description: string | null }) => void} choose
 */
export function openListSheet(bubble, choose) {
  const { list } = bubble
  if (!list) return
  byId('list-sheet-title').textContent = list.button
  const sections = list.sections.map((section) =>
    make(
      'fieldset',
      {},
      section.title
        ? make('legend', { dir: 'auto' }, section.title)
        : make('legend', { class: 'hidden' }, text('open', { name: list.button })),
      ...section.rows.map((row) => {
        const pick = () => {
          closeSheet('list-sheet')
          choose(row)
        }
        return make(
          'button',
          { type: 'button', dir: 'auto', click: pick },
          row.title,
          row.description ? make('small', {}, row.description) : null,
        )
      }),
    ),
  )
  byId('list-rows').replaceChildren(...sections)
  openSheet('list-sheet')
}
