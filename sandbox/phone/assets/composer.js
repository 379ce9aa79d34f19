// @ts-check
/** Writing: text, emoji, answers and edits, files, voice, places and cards. */

import { previewOf } from './bubbles.js'
import { closeSheet, openSheet, wireForm } from './dialogs.js'
import { byId, elementOf, make, notice, post, text } from './dom.js'

/** @typedef {import('../frames.ts').Bubble} Bubble */

/**
 * Where the words go: the chat on the screen.
 * @typedef {() => { customerId: string, phoneNumberId: string }} ChatOf
 */

const EMOJI =
  '😀 😂 😊 😍 😘 😎 🤔 😮 😢 😭 😡 🙏 👍 👎 👌 👋 👏 💪 🙌 🤝 ❤️ 💔 💚 🔥 ✨ 🎉 🎁 🎂 🌹 🌸 ☀️ 🌙 ⭐ ⚡ ☕ 🍕 🍔 🍎 🚗 ✈️ 📦 🚚 🏠 📍 📷 📞 💬 💳 💰 🧾 ✅ ❌ ❓ ❗ ⏰ 📅 🔒 🔑 🐶 🐱'.split(
    ' ',
  )

/** @type {{ kind: 'reply' | 'edit', bubble: Bubble } | null} */
let about = null

/** @param {ChatOf} chatOf */
export function wireComposer(chatOf) {
  const form = elementOf('composer', HTMLFormElement)
  const field = elementOf('text', HTMLTextAreaElement)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(chatOf, field)
  })
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault()
      form.requestSubmit()
    } else if (event.key === 'Escape') stopAbout()
  })
  field.addEventListener('input', () => grow(field))
  byId('quoting-cancel').addEventListener('click', () => {
    stopAbout()
    field.focus()
  })
  wireEmoji(field)
  wireAttachments(chatOf)
  wireVoice(chatOf)
}

/**
 * @param {ChatOf} chatOf
 * @param {HTMLTextAreaElement} field
 */
async function submit(chatOf, field) {
  const written = field.value.trim()
  if (written === '') return
  const target = about
  field.value = ''
  grow(field)
  stopAbout()
  const content = target?.kind === 'edit' ? { type: 'edit', messageId: target.bubble.id, text: written } : { type: 'text', text: written }
  const sent = await sendContent(chatOf, content, target?.kind === 'reply' ? target.bubble.id : undefined)
  if (!sent && field.value === '') field.value = written
  field.focus()
}

/**
 * @param {ChatOf} chatOf
 * @param {Record<string, unknown>} content
 * @param {string} [replyTo]
 * @returns {Promise<boolean>} false when it did not go out; the person has been told
 */
export async function sendContent(chatOf, content, replyTo) {
  try {
    await post('messages', { ...chatOf(), content, replyTo })
    return true
  } catch (error) {
    notice(text('notSent', { reason: error instanceof Error ? error.message : '' }))
    return false
  }
}

/** @param {HTMLTextAreaElement} field */
function grow(field) {
  field.style.height = 'auto'
  field.style.height = `${Math.min(field.scrollHeight + 2, 140)}px`
}

/**
 * Starts an answer to a message, or another wording of it.
 * @param {'reply' | 'edit'} kind
 * @param {Bubble} bubble
 */
export function startAbout(kind, bubble) {
  about = { kind, bubble }
  byId('quoting').hidden = false
  byId('quoting-title').textContent = text(kind === 'reply' ? 'replyingTo' : 'editing')
  byId('quoting-text').textContent = previewOf(bubble)
  const field = elementOf('text', HTMLTextAreaElement)
  if (kind === 'edit') field.value = bubble.text ?? ''
  grow(field)
  field.focus()
}

function stopAbout() {
  if (about?.kind === 'edit') elementOf('text', HTMLTextAreaElement).value = ''
  about = null
  byId('quoting').hidden = true
}

/** @param {HTMLTextAreaElement} field */
function wireEmoji(field) {
  const opener = byId('emoji')
  const panel = byId('emoji-panel')
  const insert = (/** @type {string} */ emoji) => {
    field.setRangeText(emoji, field.selectionStart, field.selectionEnd, 'end')
    grow(field)
  }
  panel.append(...EMOJI.map((emoji) => make('button', { type: 'button', 'aria-label': emoji, click: () => insert(emoji) }, emoji)))
  const show = (/** @type {boolean} */ open) => {
    panel.hidden = !open
    opener.setAttribute('aria-expanded', String(open))
  }
  opener.addEventListener('click', () => show(panel.hidden))
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    show(false)
    field.focus()
  })
}

/** @param {ChatOf} chatOf */
function wireAttachments(chatOf) {
  byId('attach').addEventListener('click', () => openSheet('attach-sheet'))
  byId('attach-sheet').addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-attach], [data-sample]') : null
    if (!button) return
    closeSheet('attach-sheet')
    const sample = button.getAttribute('data-sample')
    const kind = button.getAttribute('data-attach')
    if (sample) void sendSample(chatOf, sample)
    else if (kind === 'photo' || kind === 'document') byId(`${kind}-file`).click()
    else openSheet(`${kind}-sheet`)
  })
  byId('sticker-sheet').addEventListener('click', (event) => {
    const name = event.target instanceof Element ? event.target.closest('[data-sticker]')?.getAttribute('data-sticker') : null
    if (!name) return
    closeSheet('sticker-sheet')
    void sendSample(chatOf, name)
  })
  onFile('photo-file', (file) => sendFile(chatOf, file, 'auto'))
  onFile('document-file', (file) => sendFile(chatOf, file, 'document'))
  onFile('voice-file', (file) => sendFile(chatOf, file, 'voice'))
  wireForm('location-form', 'location-sheet', ({ name, address, latitude, longitude }) => {
    const content = {
      type: 'location',
      latitude: Number(latitude),
      longitude: Number(longitude),
      name: name || undefined,
      address: address || undefined,
    }
    void sendContent(chatOf, content)
  })
  wireForm('contact-form', 'contact-sheet', ({ name = '', phone = '' }) => {
    const card = {
      name: { formatted_name: name, first_name: name.split(' ')[0] ?? name },
      phones: [{ phone, waId: phone.replace(/\D/g, ''), type: 'CELL' }],
    }
    void sendContent(chatOf, { type: 'contacts', contacts: [card] })
  })
}

/**
 * @param {string} id
 * @param {(file: File) => void} use
 */
function onFile(id, use) {
  const input = elementOf(id, HTMLInputElement)
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file) use(file)
    input.value = ''
  })
}

/**
 * @param {ChatOf} chatOf
 * @param {File} file
 * @param {'auto' | 'document' | 'voice'} as
 */
async function sendFile(chatOf, file, as) {
  if (file.size > 100_000_000) return notice(text('tooLarge'))
  const form = new FormData()
  for (const [name, value] of Object.entries(chatOf())) form.set(name, value)
  form.set('as', as)
  form.set('file', file, file.name)
  await post('files', form).catch((error) => notice(text('notSent', { reason: error.message })))
}

/**
 * @param {ChatOf} chatOf
 * @param {string} sample
 */
async function sendSample(chatOf, sample) {
  await post('samples', { ...chatOf(), sample }).catch((error) => notice(text('notSent', { reason: error.message })))
}

/** What WhatsApp takes and some browser records. */
const RECORDABLE = ['audio/ogg;codecs=opus', 'audio/mp4']

/** @param {ChatOf} chatOf */
function wireVoice(chatOf) {
  const button = byId('record')
  const state = byId('voice-state')
  const type = RECORDABLE.find((candidate) => globalThis.MediaRecorder?.isTypeSupported(candidate))
  /** @type {MediaRecorder | null} */
  let recorder = null
  byId('choose-voice').addEventListener('click', () => {
    closeSheet('voice-sheet')
    byId('voice-file').click()
  })
  button.addEventListener('click', async () => {
    if (recorder) return recorder.stop()
    const stream = type && navigator.mediaDevices ? await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null) : null
    if (!stream) {
      state.textContent = text('noMicrophone')
      return
    }
    recorder = record(stream, type ?? '', state, (file) => void sendFile(chatOf, file, 'voice'))
    button.textContent = text('stopRecording')
    recorder.addEventListener('stop', () => {
      recorder = null
      button.textContent = text('record')
      state.textContent = ''
      closeSheet('voice-sheet')
    })
  })
  byId('voice-sheet').addEventListener('close', () => recorder?.stop())
}

/**
 * @param {MediaStream} stream
 * @param {string} type
 * @param {HTMLElement} state
 * @param {(file: File) => void} done
 * @returns {MediaRecorder}
 */
function record(stream, type, state, done) {
  const recorder = new MediaRecorder(stream, { mimeType: type })
  /** @type {Blob[]} */
  const parts = []
  const startedAt = performance.now()
  const tick = () => {
    state.textContent = text('recording', { seconds: String(Math.round((performance.now() - startedAt) / 1000)) })
  }
  const timer = setInterval(tick, 500)
  tick()
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data))
  recorder.addEventListener('stop', () => {
    clearInterval(timer)
    for (const track of stream.getTracks()) track.stop()
    const bare = type.replace(';codecs', '; codecs')
    done(new File(parts, `voice.${type.includes('ogg') ? 'ogg' : 'm4a'}`, { type: bare }))
  })
  recorder.start()
  return recorder
}
