import { LIMITS } from '#platform/limits.ts'
import { type Capabilities, type MediaLimit, RECEIPT_STATUSES } from '../connector.ts'

const MEGABYTE = 1_000_000

/** Section 3, under the product's own ceiling. The provider counts in megabytes without saying which; the smaller is safe. */
function limit(maxBytes: number, ...mimeTypes: string[]): MediaLimit {
  return { maxBytes: Math.min(maxBytes, LIMITS.attachmentBytes), mimeTypes }
}

const both = (media: MediaLimit) => ({ inbound: media, outbound: media })

/** Section 2: what one message may hold. Text length, captions, buttons and rows are checked before anything leaves. */
export const MESSAGE_LIMITS = {
  textChars: 4_096,
  captionChars: 1_024,
  interactiveBodyChars: 1_024,
  listBodyChars: 4_096,
  headerChars: 60,
  buttons: 3,
  buttonTitleChars: 20,
  buttonIdChars: 256,
  sections: 10,
  rows: 10,
  rowTitleChars: 24,
  rowIdChars: 200,
  rowDescriptionChars: 72,
  templateNameChars: 512,
  templateButtons: 10,
  couponChars: 15,
} as const

export const CAPABILITIES: Capabilities = {
  textChars: MESSAGE_LIMITS.textChars,
  captionChars: MESSAGE_LIMITS.captionChars,
  replyWindowHours: 24,
  receipts: RECEIPT_STATUSES,
  media: {
    image: both(limit(5 * MEGABYTE, 'image/jpeg', 'image/png')),
    video: both(limit(16 * MEGABYTE, 'video/mp4', 'video/3gpp')),
    audio: both(limit(16 * MEGABYTE, 'audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg')),
    voice: both(limit(16 * MEGABYTE, 'audio/ogg')),
    document: both(limit(100 * MEGABYTE, '*')),
    sticker: both(limit(500_000, 'image/webp')),
  },
  templates: true,
  buttons: { max: MESSAGE_LIMITS.buttons, titleChars: MESSAGE_LIMITS.buttonTitleChars, idChars: MESSAGE_LIMITS.buttonIdChars },
  list: { maxRows: MESSAGE_LIMITS.rows, titleChars: MESSAGE_LIMITS.rowTitleChars, descriptionChars: MESSAGE_LIMITS.rowDescriptionChars },
  reactions: true,
  replies: true,
  typing: true,
  readMarks: true,
  location: true,
  contacts: true,
  messagesPerSecond: 80,
  // Section 8: one message per six seconds, about ten a minute. A larger burst was documented once; error 131056 tells.
  pairLimit: { everyMs: 6_000, burst: 10 },
  timeResolutionMs: 1_000,
}
