import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { STICKERS } from '../whatsapp/samples.ts'
import { icon } from './icons.ts'
import type { Texts } from './texts.ts'

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** The dialogs that rise from the bottom of the phone: attachments, forms, what can be done with a message. */
export function sheets(texts: Texts): Markup {
  return html`${attachSheet(texts)}
${sheet(
  'sticker-sheet',
  texts.sticker,
  html`<div class="stickers">${STICKERS.map(
    (name) =>
      html`<button type="button" data-sticker="${name}"><img src="phone/stickers/${name}" alt="${name}" width="80" height="80" loading="lazy"></button>`,
  )}</div>`,
  texts,
)}
${sheet('voice-sheet', texts.voice, voiceForm(texts), texts)}
${sheet('location-sheet', texts.location, locationForm(texts), texts)}
${sheet('contact-sheet', texts.contact, contactForm(texts), texts)}
${sheet('person-sheet', texts.newPerson, personForm(texts), texts)}
${sheet('message-sheet', texts.actions, messageActions(texts), texts)}
${sheet('list-sheet', '', html`<div id="list-rows"></div>`, texts)}`
}

function sheet(id: string, title: string, content: Markup, texts: Texts): Markup {
  return html`<dialog class="sheet" id="${id}" aria-labelledby="${id}-title">
<div class="row"><h2 id="${id}-title">${title}</h2><button type="button" class="round" data-close aria-label="${texts.close}">${icon('close')}</button></div>
${content}
</dialog>`
}

function attachSheet(texts: Texts): Markup {
  const choices = [
    ['photo', texts.photo],
    ['document', texts.document],
    ['voice', texts.voice],
    ['sticker', texts.sticker],
    ['location', texts.location],
    ['contact', texts.contact],
  ] as const
  const samples = [
    ['picture', 'photo', texts.samplePhoto],
    ['voice', 'voice', texts.sampleVoice],
    ['document', 'document', texts.sampleDocument],
  ] as const
  return sheet(
    'attach-sheet',
    texts.attach,
    html`<div class="tiles">${choices.map(([name, label]) => html`<button type="button" data-attach="${name}"><span class="disc ${name}">${icon(name)}</span>${label}</button>`)}</div>
<h3>${texts.samples}</h3>
<div class="samples">${samples.map(([name, shape, label]) => html`<button type="button" data-sample="${name}">${icon(shape)}${label}</button>`)}</div>
<input type="file" id="photo-file" accept="image/*,video/mp4,video/3gpp" hidden aria-label="${texts.photo}">
<input type="file" id="document-file" hidden aria-label="${texts.document}">
<input type="file" id="voice-file" accept="audio/*" hidden aria-label="${texts.voice}">`,
    texts,
  )
}

function voiceForm(texts: Texts): Markup {
  return html`<p id="voice-state" role="status"></p>
<div class="actions"><button type="button" class="primary" id="record">${texts.record}</button>
<button type="button" class="quiet" id="choose-voice">${texts.chooseFile}</button></div>`
}

function locationForm(texts: Texts): Markup {
  return html`<form method="dialog" id="location-form">
<label class="field"><span>${texts.placeName}</span><input name="name" value="Kota Tua" maxlength="200" dir="auto"></label>
<label class="field"><span>${texts.address}</span><input name="address" value="Jl. Taman Fatahillah 1, Jakarta" maxlength="300" dir="auto"></label>
<div class="two"><label class="field"><span>${texts.latitude}</span><input name="latitude" type="number" step="any" min="-90" max="90" value="-6.1352" required></label>
<label class="field"><span>${texts.longitude}</span><input name="longitude" type="number" step="any" min="-180" max="180" value="106.8133" required></label></div>
<div class="actions"><button class="primary" value="send">${texts.send}</button></div></form>`
}

function contactForm(texts: Texts): Markup {
  return html`<form method="dialog" id="contact-form">
<label class="field"><span>${texts.contactName}</span><input name="name" value="Noor Haddad" maxlength="200" required dir="auto"></label>
<label class="field"><span>${texts.contactPhone}</span><input name="phone" type="tel" value="+1 555 010 4050" maxlength="40" required></label>
<div class="actions"><button class="primary" value="send">${texts.send}</button></div></form>`
}

function personForm(texts: Texts): Markup {
  return html`<form method="dialog" id="person-form">
<label class="field"><span>${texts.personName}</span><input name="name" maxlength="100" required dir="auto"></label>
<label class="field"><span>${texts.personPhone}</span><input name="phone" type="tel" placeholder="+62 812 3456 7890" pattern="\\+?[0-9 \\(\\)\\-]{7,20}"></label>
<label class="check"><input type="checkbox" name="hidden"> ${texts.personNoPhone}</label>
<div class="actions"><button class="primary" value="create">${texts.create}</button></div></form>`
}

function messageActions(texts: Texts): Markup {
  const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏']
  return html`<div class="reactions-row" role="group" aria-label="${texts.react}">${emojis.map(
    (emoji) => html`<button type="button" data-react="${emoji}" aria-pressed="false">${emoji}</button>`,
  )}</div>
<div class="samples">
<button type="button" data-act="reply">${icon('reply')}${texts.reply}</button>
<button type="button" data-act="unreact">${icon('close')}${texts.removeReaction}</button>
<button type="button" data-act="edit">${icon('edit')}${texts.edit}</button>
<button type="button" data-act="delete">${icon('delete')}${texts.delete}</button>
</div>`
}
