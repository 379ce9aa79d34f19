// @ts-check
/** The page's life: one chat on the screen, kept true by the sandbox's events. */

import { drawBubble, drawDay, leaveChat, sameDay } from './bubbles.js'
import { sendContent, startAbout, wireComposer } from './composer.js'
import { openListSheet, openMessageSheet, wireForm, wireMessageSheet, wireSheets } from './dialogs.js'
import { byId, elementOf, initial, notice, post, text } from './dom.js'
import { closeMenu, drawPeople, showSettings, wireSettings } from './people.js'

/** @typedef {import('../frames.ts').Bubble} Bubble */
/** @typedef {import('../frames.ts').Frame} Frame */

let personId = initial.person.id
let numberId = initial.number?.phoneNumberId ?? ''
/** Bubbles by id, in the order of the chat. @type {Map<string, Bubble>} */
const bubbles = new Map(initial.bubbles.map((bubble) => [bubble.id, bubble]))
/** @type {EventSource | null} */
let events = null
let viewerId = ''
let toldVisible = false

const chatOf = () => ({ customerId: personId, phoneNumberId: numberId })

/** @type {import('./bubbles.js').BubbleActions} */
const actions = {
  open: openMessageSheet,
  choose: (bubble, choice) => {
    if (leaveChat(choice)) return
    if (choice.kind === 'location')
      return byId('attach-sheet')
        .querySelector('[data-attach="location"]')
        ?.dispatchEvent(new Event('click', { bubbles: true }))
    const reply =
      choice.kind === 'reply'
        ? { type: 'button_reply', id: choice.id, title: choice.title }
        : { type: 'quick_reply', payload: choice.value, text: choice.title }
    void sendContent(chatOf, reply, bubble.id)
  },
  openList: (bubble) =>
    openListSheet(bubble, ({ id, title, description }) => {
      void sendContent(chatOf, { type: 'list_reply', id, title, description: description ?? undefined }, bubble.id)
    }),
  played: (bubble) => {
    if (!bubble.mine) void post('played', { messageId: bubble.id }).catch(() => undefined)
  },
}

/** Draws the whole chat: when it is opened, and when the connection came back. */
function drawAll() {
  const list = byId('bubbles')
  list.replaceChildren()
  /** @type {Bubble | null} */
  let before = null
  for (const bubble of bubbles.values()) {
    append(list, bubble, before)
    before = bubble
  }
  byId('empty').hidden = bubbles.size > 0
  toEnd()
}

/**
 * @param {HTMLElement} list
 * @param {Bubble} bubble
 * @param {Bubble | null} before
 */
function append(list, bubble, before) {
  if (!before || !sameDay(new Date(before.atMs), new Date(bubble.atMs))) list.append(drawDay(bubble.atMs))
  const item = drawBubble(bubble, actions)
  item.classList.toggle('turn', before?.mine !== bubble.mine)
  list.append(item)
  return item
}

/** @param {Bubble} bubble */
function put(bubble) {
  const known = bubbles.has(bubble.id)
  const last = [...bubbles.values()].at(-1) ?? null
  bubbles.set(bubble.id, bubble)
  if (known) {
    const old = byId(bubble.id)
    const next = drawBubble(bubble, actions)
    next.classList.toggle('turn', old.classList.contains('turn'))
    const hadFocus = old.contains(document.activeElement)
    old.replaceWith(next)
    if (hadFocus) next.querySelector('button')?.focus()
  } else {
    append(byId('bubbles'), bubble, last).classList.add('fresh')
    byId('empty').hidden = true
    if (!bubble.mine) byId('typing').hidden = true
  }
  if (!known && bubble.mine) toEnd()
}

/** @param {string} id */
function take(id) {
  if (!bubbles.delete(id)) return
  document.getElementById(id)?.remove()
  byId('empty').hidden = bubbles.size > 0
}

/** Whether the newest message is on the screen, and stays there when something grows: a picture, the emoji panel, the window. */
let atEnd = true

function wireScrolling() {
  const log = byId('log')
  log.addEventListener('scroll', () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60
  })
  const keep = new ResizeObserver(() => {
    if (atEnd) toEnd()
  })
  keep.observe(log)
  keep.observe(byId('bubbles'))
  keep.observe(byId('typing'))
}

function toEnd() {
  const log = byId('log')
  log.scrollTop = log.scrollHeight
  atEnd = true
}

/** @param {Frame} frame */
function onFrame(frame) {
  if (frame.type === 'bubble') put(frame.bubble)
  else if (frame.type === 'gone') take(frame.id)
  else if (frame.type === 'typing') showTyping(frame.on)
  else if (frame.type === 'people') {
    drawPeople(frame.people, personId, choosePerson)
    if (frame.person) showSettings(frame.person)
  } else {
    viewerId = frame.viewerId
    bubbles.clear()
    for (const bubble of frame.bubbles) bubbles.set(bubble.id, bubble)
    byId('business-name').textContent = frame.number?.name ?? text('noNumbers')
    drawPeople(frame.people, personId, choosePerson)
    showSettings(frame.person)
    showTyping(false)
    drawAll()
    tellVisible()
  }
}

/** @param {boolean} on */
function showTyping(on) {
  byId('typing').hidden = !on
  const number = initial.numbers.find((row) => row.phoneNumberId === numberId)
  byId('presence').textContent = on ? text('typing') : `${text('businessAccount')}${number ? ` · ${number.displayNumber}` : ''}`
}

/** Messages count as read while the page is in front; a tab in the background only receives. */
function tellVisible() {
  const visible = document.visibilityState === 'visible'
  if (visible === toldVisible || viewerId === '') return
  toldVisible = visible
  void post(`viewers/${viewerId}`, { visible }).catch(() => undefined)
}

function connect() {
  events?.close()
  if (numberId === '') return
  toldVisible = document.visibilityState === 'visible'
  const query = new URLSearchParams({ customer: personId, number: numberId, visible: toldVisible ? '1' : '0' })
  events = new EventSource(`phone/events?${query}`)
  events.addEventListener('message', (event) => onFrame(JSON.parse(event.data)))
  events.addEventListener('open', () => {
    toldVisible = query.get('visible') === '1'
    document.documentElement.dataset.connected = 'true'
  })
  events.addEventListener('error', () => {
    document.documentElement.dataset.connected = 'false'
    notice(text('offlineSandbox'))
  })
}

/** Shows another chat; the address keeps up, so that a reload stays there. */
function openChat() {
  const address = new URL(location.href)
  address.searchParams.set('customer', personId)
  address.searchParams.set('number', numberId)
  history.replaceState(null, '', address)
  for (const [name, value] of Object.entries(chatOf())) {
    const field = elementOf('composer', HTMLFormElement).elements.namedItem(name)
    if (field instanceof HTMLInputElement) field.value = value
  }
  connect()
}

/** @param {string} id */
function choosePerson(id) {
  personId = id
  closeMenu()
  openChat()
  byId('text').focus()
}

function wire() {
  wireScrolling()
  wireSheets()
  wireComposer(chatOf)
  wireSettings(() => personId)
  wireMessageSheet({
    react: (bubble, emoji) => void sendContent(chatOf, { type: 'reaction', messageId: bubble.id, emoji: emoji ?? undefined }),
    reply: (bubble) => startAbout('reply', bubble),
    edit: (bubble) => startAbout('edit', bubble),
    remove: (bubble) => void sendContent(chatOf, { type: 'revoke', messageId: bubble.id }),
  })
  const number = elementOf('number', HTMLSelectElement)
  number.addEventListener('change', () => {
    numberId = number.value
    closeMenu()
    openChat()
  })
  byId('new-person').addEventListener('click', () => elementOf('person-sheet', HTMLDialogElement).showModal())
  wireForm('person-form', 'person-sheet', async ({ name = '', phone = '', hidden }) => {
    const digits = phone.replace(/\D/g, '')
    try {
      const { id } = await post('customers', { name, waId: hidden || digits === '' ? null : `+${digits}` })
      if (id) choosePerson(id)
    } catch (error) {
      notice(error instanceof Error ? error.message : '')
    }
  })
  document.addEventListener('visibilitychange', tellVisible)
}

wire()
drawPeople(initial.people, personId, choosePerson)
showSettings(initial.person)
drawAll()
connect()
