import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Bubble, NumberRow, PersonRow, PersonSettings } from './frames.ts'
import { icon, sprite } from './icons.ts'
import { sheets } from './sheets.ts'
import { chooseLanguage, directionOf, LANGUAGES, type Language, TEXTS, type Texts } from './texts.ts'

export interface PageInput {
  language: string | undefined
  acceptLanguage: string | undefined
  numbers: NumberRow[]
  number: NumberRow | null
  person: PersonSettings
  people: PersonRow[]
  bubbles: Bubble[]
}

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** The whole page. Everything a person needs to write stands in it; the script adds what is live. */
export function pageHtml(input: PageInput): Markup {
  const language = chooseLanguage(input.language, input.acceptLanguage)
  const texts = TEXTS[language]
  const { numbers, number, person, people, bubbles } = input
  const state = JSON.stringify({ language, texts, numbers, number, person, people, bubbles }).replaceAll('<', '\\u003c')
  return html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>${texts.title} · ${person.name}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect x='8' y='2' width='16' height='28' rx='4' fill='%230b7a5c'/%3E%3Crect x='10' y='5' width='12' height='19' rx='1.5' fill='%23e7f5ef'/%3E%3C/svg%3E">
${['base', 'panel', 'chat', 'bubbles', 'sheets', 'screens'].map((sheet) => html`<link rel="stylesheet" href="phone/assets/${sheet}.css">`)}
<script type="module" src="phone/assets/main.js"></script>
</head>
<body>
${sprite()}
<a class="skip" href="#text">${texts.skip}</a>
<div class="desk">
${sidePanel(texts, language, input)}
${phone(texts, language, number, person)}
</div>
${sheets(texts)}
<div id="notice" role="status" aria-live="polite"></div>
<script type="application/json" id="state">${raw(state)}</script>
</body>
</html>`
}

function sidePanel(texts: Texts, language: Language, { numbers, number, person }: PageInput): Markup {
  return html`<aside id="side" aria-label="${texts.menu}">
<div class="side-head">
<h2 class="side-title">${texts.title}</h2>
<button type="button" class="round only-narrow" id="close-menu" aria-label="${texts.close}">${icon('close')}</button>
</div>
<p class="about">${texts.about}</p>
<label class="field"><span>${texts.business}</span>
<select id="number">${numbers.map((row) => html`<option value="${row.phoneNumberId}"${row.phoneNumberId === number?.phoneNumberId ? raw(' selected') : ''}>${row.name} · ${row.displayNumber}</option>`)}</select>
</label>
<section aria-labelledby="people-title">
<div class="row"><h3 id="people-title">${texts.people}</h3>
<button type="button" class="quiet" id="new-person">${icon('plus')}<span>${texts.newPerson}</span></button></div>
<ul id="people" class="people"></ul>
</section>
${settings(texts, person)}
<section aria-labelledby="appearance-title" class="appearance">
<h3 id="appearance-title">${texts.appearance}</h3>
<label class="field"><span>${texts.language}</span>
<select id="language">${LANGUAGES.map((code) => html`<option value="${code}" lang="${code}"${code === language ? raw(' selected') : ''}>${TEXTS[code].languageName}</option>`)}</select></label>
<label class="field"><span>${texts.theme}</span>
<select id="theme"><option value="auto">${texts.themeAuto}</option><option value="light">${texts.themeLight}</option><option value="dark">${texts.themeDark}</option></select></label>
</section>
</aside>`
}

function settings(texts: Texts, person: PersonSettings): Markup {
  const failures = [
    ['', texts.failingNone],
    ['131026', texts.fail131026],
    ['131049', texts.fail131049],
    ['131047', texts.fail131047],
    ['131052', texts.fail131052],
  ] as const
  return html`<section aria-labelledby="settings-title">
<h3 id="settings-title">${texts.settings}</h3>
${toggle('online', texts.online, texts.onlineHint, person.online)}
${toggle('readReceipts', texts.readReceipts, texts.readReceiptsHint, person.readReceipts)}
${toggle('slow', texts.slow, texts.slowHint, person.receiptDelayMs > 0)}
<label class="field"><span>${texts.failing}</span>
<select id="failWith">${failures.map(([code, label]) => html`<option value="${code}"${code === String(person.failWith ?? '') ? raw(' selected') : ''}>${label}</option>`)}</select></label>
</section>`
}

function toggle(id: string, label: string, hint: string, on: boolean): Markup {
  return html`<div class="toggle"><label for="${id}">${label}</label><small id="${id}-hint">${hint}</small>
<input type="checkbox" role="switch" id="${id}" aria-describedby="${id}-hint"${on ? raw(' checked') : ''}></div>`
}

function phone(texts: Texts, language: Language, number: NumberRow | null, person: PersonSettings): Markup {
  return html`<main class="phone">
<header class="bar">
<button type="button" class="round only-narrow" id="open-menu" aria-expanded="false" aria-controls="side" aria-label="${texts.menu}">${icon('menu')}</button>
<span class="avatar business" aria-hidden="true">${(number?.name ?? '?').slice(0, 1)}</span>
<div class="who"><h1><bdi id="business-name">${number?.name ?? texts.noNumbers}</bdi></h1>
<p><bdi id="presence">${texts.businessAccount}${number ? ` · ${number.displayNumber}` : ''}</bdi></p></div>
<div class="owner"><span class="avatar small" aria-hidden="true" id="owner-avatar">${person.name.slice(0, 1)}</span><bdi id="owner-name">${person.name}</bdi></div>
</header>
<div class="off-banner" id="off-banner"${person.online ? raw(' hidden') : ''}>${icon('off')}<span>${texts.switchedOff}</span></div>
<div class="log" id="log" role="log" tabindex="0" aria-label="${texts.messages.replace('{name}', number?.name ?? '')}">
<p class="empty" id="empty" hidden>${texts.empty}</p>
<ol id="bubbles"></ol>
<div class="typing" id="typing" hidden><span></span><span></span><span></span><b class="hidden">${texts.typing}</b></div>
</div>
${composer(texts, language, number, person)}
</main>`
}

function composer(texts: Texts, language: Language, number: NumberRow | null, person: PersonSettings): Markup {
  return html`<form class="composer" id="composer" method="post" action="phone/messages">
<input type="hidden" name="customerId" value="${person.id}"><input type="hidden" name="phoneNumberId" value="${number?.phoneNumberId ?? ''}"><input type="hidden" name="lang" value="${language}">
<div class="quoting" id="quoting" hidden><div><b id="quoting-title"></b><p dir="auto" id="quoting-text"></p></div>
<button type="button" class="round" id="quoting-cancel" aria-label="${texts.cancel}">${icon('close')}</button></div>
<div class="emoji-panel" id="emoji-panel" role="group" aria-label="${texts.emoji}" hidden></div>
<div class="line">
<button type="button" class="round" id="emoji" aria-expanded="false" aria-controls="emoji-panel" aria-label="${texts.emoji}">${icon('emoji')}</button>
<label class="hidden" for="text">${texts.write}</label>
<textarea id="text" name="text" rows="1" maxlength="4096" dir="auto" placeholder="${texts.write}" autocomplete="off" enterkeyhint="send" autofocus${number ? '' : raw(' disabled')}></textarea>
<button type="button" class="round" id="attach" aria-haspopup="dialog" aria-label="${texts.attach}">${icon('attach')}</button>
<button type="submit" class="round send" aria-label="${texts.send}"${number ? '' : raw(' disabled')}>${icon('send')}</button>
</div>
</form>`
}
