// @ts-check
/** Draws one message. What it says came from others: it only ever becomes text nodes. */

import { icon, initial, make, notice, text } from './dom.js'
import { words } from './words.js'

/** @typedef {import('../frames.ts').Bubble} Bubble */
/** @typedef {import('../frames.ts').Choice} Choice */
/** @typedef {import('../frames.ts').Attachment} Attachment */

/**
 * What a bubble may ask the page to do.
 * @typedef {object} BubbleActions
 * @property {(bubble: Bubble) => void} open shows what can be done with a message
 * @property {(bubble: Bubble, choice: Choice) => void} choose
 * @property {(bubble: Bubble) => void} openList
 * @property {(bubble: Bubble) => void} played
 */

const clock = new Intl.DateTimeFormat(initial.language, { hour: 'numeric', minute: '2-digit' })
const kilobytes = new Intl.NumberFormat(initial.language, { style: 'unit', unit: 'kilobyte' })
const calendar = new Intl.DateTimeFormat(initial.language, { weekday: 'long', day: 'numeric', month: 'long' })

/**
 * @param {Bubble} bubble
 * @param {BubbleActions} actions
 * @returns {HTMLElement}
 */
export function drawBubble(bubble, actions) {
  const bare = bubble.attachment?.kind === 'sticker' && !bubble.deleted
  const body = make('div', { class: 'body' }, ...(bubble.deleted ? [deletedLine(bubble)] : contents(bubble, actions)), metaLine(bubble))
  if (!bubble.deleted) {
    const label = `${text('actions')}: ${previewOf(bubble)}`
    body.append(
      make(
        'button',
        { type: 'button', class: 'more', 'aria-haspopup': 'dialog', 'aria-label': label, click: () => actions.open(bubble) },
        icon('more'),
      ),
    )
  }
  const side = bubble.mine ? 'mine' : 'theirs'
  const item = make('li', { class: `bubble ${side}${bare ? ' bare' : ''}`, id: bubble.id, 'data-id': bubble.id }, body)
  const reactions = reactionsOf(bubble)
  if (reactions) item.append(reactions)
  if (!bubble.mine) item.append(...choicesOf(bubble, actions))
  return item
}

/**
 * @param {number} atMs
 * @returns {HTMLElement}
 */
export function drawDay(atMs) {
  const day = new Date(atMs)
  const today = new Date()
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1)
  const words = sameDay(day, today) ? text('today') : sameDay(day, yesterday) ? text('yesterday') : calendar.format(day)
  return make('li', { class: 'day' }, words)
}

/**
 * @param {Date} a
 * @param {Date} b
 */
export function sameDay(a, b) {
  return a.toDateString() === b.toDateString()
}

/**
 * One line for a screen reader or a quote.
 * @param {Bubble} bubble
 * @returns {string}
 */
export function previewOf(bubble) {
  const kind = bubble.attachment ? kindName(bubble.attachment.kind) : ''
  return (bubble.text ?? bubble.header ?? bubble.attachment?.fileName ?? bubble.location?.name ?? bubble.cards[0]?.name ?? kind).slice(
    0,
    100,
  )
}

/**
 * The server's `[image]` in the person's language; anything else as it is.
 * @param {string} preview
 * @returns {string}
 */
export function translatedPreview(preview) {
  const kind = /^\[(\w+)\]$/.exec(preview)?.[1]
  if (kind === undefined) return preview
  return kind === 'deleted' ? text('deletedTheirs') : kindName(kind)
}

/**
 * @param {string} kind
 * @returns {string}
 */
function kindName(kind) {
  const known = ['image', 'video', 'audio', 'voice', 'document', 'sticker', 'location', 'template']
  const key = kind === 'contacts' ? 'contact' : known.includes(kind) ? kind : undefined
  return key === undefined ? text('otherKind', { kind }) : text(/** @type {keyof import('../texts.ts').Texts} */ (key))
}

/** @param {Bubble} bubble */
function deletedLine(bubble) {
  return make('p', { class: 'gone' }, text(bubble.mine ? 'deletedMine' : 'deletedTheirs'))
}

/**
 * @param {Bubble} bubble
 * @param {BubbleActions} actions
 * @returns {(Node | null)[]}
 */
function contents(bubble, actions) {
  return [
    bubble.isTemplate ? make('p', { class: 'label' }, text('template')) : null,
    bubble.replyTo ? quote(bubble.replyTo) : null,
    bubble.header ? make('p', { class: 'head', dir: 'auto' }, bubble.header) : null,
    bubble.attachment ? attachment(bubble, bubble.attachment, actions) : null,
    bubble.location ? place(bubble.location) : null,
    ...bubble.cards.map((card) =>
      make(
        'div',
        { class: 'card' },
        icon('contact'),
        make('b', {}, make('bdi', {}, card.name)),
        ...card.lines.map((line) => make('small', {}, make('bdi', {}, line))),
      ),
    ),
    bubble.other ? make('p', { class: 'gone' }, text('otherKind', { kind: bubble.other })) : null,
    bubble.text ? words(bubble.text) : null,
    bubble.footer ? make('p', { class: 'foot', dir: 'auto' }, bubble.footer) : null,
  ]
}

/** @param {NonNullable<Bubble['replyTo']>} reply */
function quote(reply) {
  const jump = () => document.getElementById(reply.id)?.scrollIntoView({ block: 'center', behavior: 'smooth' })
  const who = reply.mine ? text('you') : (document.getElementById('business-name')?.textContent ?? '')
  return make(
    'button',
    { type: 'button', class: 'quote', click: jump },
    make('b', {}, make('bdi', {}, who)),
    make('span', { dir: 'auto' }, translatedPreview(reply.preview)),
  )
}

/**
 * @param {Bubble} bubble
 * @param {Attachment} file
 * @param {BubbleActions} actions
 * @returns {Node}
 */
function attachment(bubble, file, actions) {
  const source = file.url
  if (source === null) return fileLine(file, file.link)
  if (file.kind === 'image' || file.kind === 'sticker') {
    const picture = make('img', { class: 'picture', src: source, alt: bubble.text ?? kindName(file.kind), loading: 'lazy' })
    return make('a', { href: source, target: '_blank', rel: 'noreferrer' }, picture)
  }
  if (file.kind === 'video') return make('video', { src: source, controls: true, preload: 'metadata', 'aria-label': kindName('video') })
  if (file.kind === 'audio' || file.kind === 'voice') {
    return make('audio', {
      src: source,
      controls: true,
      preload: 'metadata',
      'aria-label': kindName(file.kind),
      play: () => actions.played(bubble),
    })
  }
  return fileLine(file, source)
}

/**
 * @param {Attachment} file
 * @param {string | null} address
 */
function fileLine(file, address) {
  const name = file.fileName ?? file.link ?? kindName(file.kind)
  const size = file.sizeBytes === null ? '' : kilobytes.format(Math.max(1, Math.round(file.sizeBytes / 1024)))
  return make(
    'a',
    { class: 'file', href: address ?? '#', target: '_blank', rel: 'noreferrer' },
    icon('document'),
    make('b', {}, make('bdi', {}, name)),
    make('small', {}, size),
  )
}

/** @param {NonNullable<Bubble['location']>} location */
function place(location) {
  const { latitude, longitude, name, address } = location
  const spot = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`
  return make(
    'div',
    { class: 'place' },
    icon('location'),
    make('b', {}, make('bdi', {}, name ?? spot)),
    make('small', {}, make('bdi', {}, address ?? spot)),
  )
}

/** @param {Bubble} bubble */
function metaLine(bubble) {
  const time = make('time', { datetime: new Date(bubble.atMs).toISOString() }, clock.format(bubble.atMs))
  const edited = bubble.edited ? make('span', {}, text('edited')) : null
  return make('div', { class: 'meta' }, edited, time, bubble.mine ? ticks(bubble) : null)
}

/** One tick: the provider has it. Two: the business's system took it. Coloured: the business read it. */
function ticks(/** @type {Bubble} */ bubble) {
  const read = bubble.status === 'read'
  const delivered = read || bubble.status === 'delivered'
  const label = text(read ? 'statusRead' : delivered ? 'statusDelivered' : 'statusSent')
  return make(
    'span',
    { class: read ? 'read' : '', title: label, 'data-status': bubble.status },
    icon(delivered ? 'ticks' : 'tick'),
    make('span', { class: 'hidden' }, label),
  )
}

/** @param {Bubble} bubble */
function reactionsOf(bubble) {
  const { mine, theirs } = bubble.reactions
  if (bubble.deleted || (!mine && !theirs)) return null
  const business = document.getElementById('business-name')?.textContent ?? ''
  const said = [
    mine ? text('reacted', { who: text('you'), emoji: mine }) : '',
    theirs ? text('reacted', { who: business, emoji: theirs }) : '',
  ]
  return make('div', { class: 'reactions', role: 'img', 'aria-label': said.filter(Boolean).join(', ') }, `${mine ?? ''}${theirs ?? ''}`)
}

/**
 * @param {Bubble} bubble
 * @param {BubbleActions} actions
 * @returns {HTMLElement[]}
 */
function choicesOf(bubble, actions) {
  if (bubble.deleted || (bubble.choices.length === 0 && !bubble.list)) return []
  const buttons = bubble.choices.map((choice) => choiceButton(bubble, choice, actions))
  const { list } = bubble
  if (list) {
    const attributes = {
      type: 'button',
      'aria-haspopup': 'dialog',
      disabled: bubble.answered !== null,
      click: () => actions.openList(bubble),
    }
    buttons.push(make('button', attributes, icon('list'), make('bdi', {}, list.button)))
  }
  return [make('div', { class: 'choices' }, ...buttons)]
}

/** Pictures beside the labels of buttons that leave the chat. */
const CHOICE_ICONS = { url: 'link', phone: 'phone', code: 'copy', location: 'location', reply: '', quick_reply: '', other: 'list' }

/**
 * @param {Bubble} bubble
 * @param {Choice} choice
 * @param {BubbleActions} actions
 */
function choiceButton(bubble, choice, actions) {
  const answers = choice.kind === 'reply' || choice.kind === 'quick_reply'
  const chosen = answers && (bubble.answered === choice.id || bubble.answered === choice.title)
  const label =
    choice.kind === 'location' ? text('shareLocation') : choice.kind === 'code' ? choice.title || text('copyCode') : choice.title
  const name = CHOICE_ICONS[choice.kind]
  const attributes = {
    type: 'button',
    disabled: answers && bubble.answered !== null && !chosen,
    'aria-pressed': chosen ? 'true' : undefined,
    click: () => (chosen ? undefined : actions.choose(bubble, choice)),
  }
  return make('button', attributes, name ? icon(name) : null, make('bdi', {}, label))
}

/**
 * Buttons that do nothing for the business: links, calls, codes.
 * @param {Choice} choice
 * @returns {boolean} whether it was one of them
 */
export function leaveChat(choice) {
  if (choice.kind === 'url') notice(text('wouldOpen', { url: choice.value }))
  else if (choice.kind === 'phone') notice(text('wouldCall', { number: choice.value }))
  else if (choice.kind === 'other') notice(text('flow'))
  else if (choice.kind === 'code') {
    void navigator.clipboard?.writeText(choice.value).catch(() => undefined)
    notice(text('copied', { code: choice.value }))
  } else return false
  return true
}
