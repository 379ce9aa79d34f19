import { LIMITS } from '#platform/limits.ts'
import { phoneDigits } from '#platform/phones.ts'
import type { OutboundContent, OutboundMessage, Recipient, ReplyOption } from '../connector.ts'
import { MESSAGE_LIMITS as MAX } from './capabilities.ts'
import type { Content } from './content-template.ts'

/** One rule with its sentence; the first broken one is the answer. */
type Rule = readonly [holds: boolean, sentence: string]

/**
 * Which documented limit a message breaks (sections 2, 9 and 11), in words, or null. Asked before the call, because what
 * Meta would surely refuse must cost neither a request nor its quality rating.
 */
export function limitBroken(message: OutboundMessage): string | null {
  const rules = [...recipientRules(message.to), ...contentRules(message.content)]
  return rules.find(([holds]) => !holds)?.[1] ?? null
}

function recipientRules({ phone, bsuid }: Recipient): Rule[] {
  const digits = phone === undefined ? null : phoneDigits(phone)
  return [
    [phone !== undefined || Boolean(bsuid), 'there is neither a phone number nor a BSUID to send to'],
    [phone === undefined || (digits !== null && digits.length <= 15), 'the phone number is not an international one'],
  ]
}

function contentRules(content: OutboundContent): Rule[] {
  switch (content.kind) {
    case 'text':
      return lengthRules('the text', content.text, MAX.textChars)
    case 'location':
      return locationRules(content)
    case 'contacts':
      return [
        [
          content.contacts.length > 0 && content.contacts.length <= LIMITS.partsPerMessage,
          `1 to ${LIMITS.partsPerMessage} contacts can be sent`,
        ],
        [content.contacts.every((card) => card.name.trim() !== ''), 'every contact needs a name'],
      ]
    case 'reaction':
      return [
        [content.targetExternalId !== '', 'a reaction needs a message'],
        [content.emoji === null || content.emoji.length <= LIMITS.emojiChars, 'a reaction is one emoji'],
      ]
    case 'interactive':
      return buttonRules(content)
    case 'list':
      return listRules(content)
    case 'template':
      return templateRules(content)
    default:
      return mediaRules(content)
  }
}

/** Present and not too long. Length is counted as JavaScript does, which is never less than Meta's count. */
function lengthRules(what: string, value: string, maxChars: number): Rule[] {
  return [[value.trim() !== '', `${what} is empty`], ...maxRules(what, value, maxChars)]
}

function maxRules(what: string, value: string | undefined, maxChars: number): Rule[] {
  return [[(value ?? '').length <= maxChars, `${what} is longer than ${maxChars} characters`]]
}

function locationRules({ location: { latitude, longitude } }: Content<'location'>): Rule[] {
  return [[Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180, 'the location is not on earth']]
}

const CAPTIONED: readonly string[] = ['image', 'video', 'document']

function mediaRules({ kind, providerMediaId, caption, fileName }: Extract<OutboundContent, { providerMediaId: string }>): Rule[] {
  return [
    [providerMediaId !== '', 'the file was not uploaded'],
    [!caption || CAPTIONED.includes(kind), `a ${kind} can't have a caption`],
    ...maxRules('the caption', caption, MAX.captionChars),
    ...maxRules('the file name', fileName, LIMITS.fileNameChars),
  ]
}

function buttonRules({ text, header, footer, buttons }: Content<'interactive'>): Rule[] {
  return [
    ...lengthRules('the text', text, MAX.interactiveBodyChars),
    ...maxRules('the header', header, MAX.headerChars),
    ...maxRules('the footer', footer, MAX.headerChars),
    [buttons.length > 0 && buttons.length <= MAX.buttons, `1 to ${MAX.buttons} buttons are possible`],
    ...optionRules('a button', buttons, { titleChars: MAX.buttonTitleChars, idChars: MAX.buttonIdChars }),
    [distinct(buttons.map((button) => button.title)), 'two buttons have the same title'],
  ]
}

function listRules({ text, header, footer, button, sections }: Content<'list'>): Rule[] {
  const rows = sections.flatMap((section) => section.rows)
  return [
    ...lengthRules('the text', text, MAX.listBodyChars),
    ...maxRules('the header', header, MAX.headerChars),
    ...maxRules('the footer', footer, MAX.headerChars),
    ...lengthRules('the list’s button', button, MAX.buttonTitleChars),
    [sections.length > 0 && sections.length <= MAX.sections, `1 to ${MAX.sections} sections are possible`],
    [sections.every((section) => section.rows.length > 0), 'a section has no rows'],
    [rows.length <= MAX.rows, `a list has at most ${MAX.rows} rows in all`],
    [sections.length === 1 || sections.every((section) => Boolean(section.title?.trim())), 'several sections each need a title'],
    ...sections.flatMap((section) => maxRules('a section’s title', section.title, MAX.rowTitleChars)),
    ...optionRules('a row', rows, { titleChars: MAX.rowTitleChars, idChars: MAX.rowIdChars }),
    ...rows.flatMap((row) => maxRules('a row’s description', row.description, MAX.rowDescriptionChars)),
  ]
}

function optionRules(what: string, options: readonly ReplyOption[], max: { titleChars: number; idChars: number }): Rule[] {
  return [
    ...options.flatMap((option) => [
      ...lengthRules(`${what}’s title`, option.title, max.titleChars),
      ...lengthRules(`${what}’s id`, option.id, max.idChars),
    ]),
    [distinct(options.map((option) => option.id)), `${what}’s id is used twice`],
  ]
}

function templateRules({ name, language, header, body, buttons }: Content<'template'>): Rule[] {
  const texts = [...body, ...(header?.kind === 'text' ? header.parameters : [])]
  const isNamed = texts.map((parameter) => Boolean(parameter.name))
  const coupons = buttons.filter((button) => button.type === 'copy_code')
  return [
    [/^[a-z0-9_]+$/.test(name) && name.length <= MAX.templateNameChars, 'the template’s name is not one of Meta’s'],
    [language !== '', 'the template has no language'],
    [texts.every((parameter) => parameter.text.trim() !== ''), 'a template parameter is empty'],
    [new Set(isNamed).size <= 1, 'named and positional parameters are mixed'],
    [!header || header.kind === 'text' || header.providerMediaId !== '', 'the header’s file was not uploaded'],
    [buttons.length <= MAX.templateButtons, `a template has at most ${MAX.templateButtons} buttons`],
    [
      buttons.every((button) => button.index >= 0 && button.index < MAX.templateButtons && Number.isInteger(button.index)),
      'a button’s index is out of range',
    ],
    [distinct(buttons.map((button) => String(button.index))), 'two buttons have the same index'],
    [buttons.every((button) => button.value !== ''), 'a button’s parameter is empty'],
    ...coupons.flatMap((button) => maxRules('the coupon code', button.value, MAX.couponChars)),
  ]
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
