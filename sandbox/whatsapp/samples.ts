import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

export interface SampleFile {
  bytes: Uint8Array
  mimeType: string
  fileName: string
}

/** Drawn when first asked for: no binary pictures in the repository, and sharp is only loaded by who needs it. */
const drawn = new Map<string, Promise<Uint8Array>>()

function draw(name: string, svg: string, format: 'jpeg' | 'webp'): Promise<Uint8Array> {
  const known = drawn.get(name)
  if (known) return known
  const made = import('sharp').then(({ default: sharp }) => {
    const picture = sharp(Buffer.from(svg))
    return format === 'jpeg' ? picture.jpeg({ quality: 82 }).toBuffer() : picture.webp({ quality: 80 }).toBuffer()
  })
  drawn.set(name, made)
  return made
}

/** Any picture as the phone would send it: JPEG or PNG as they are, everything else as JPEG. */
export async function asPhotograph(bytes: Uint8Array, mimeType: string): Promise<{ bytes: Uint8Array; mimeType: string }> {
  if (mimeType === 'image/jpeg' || mimeType === 'image/png') return { bytes, mimeType }
  const { default: sharp } = await import('sharp')
  return { bytes: await sharp(bytes).rotate().flatten({ background: '#ffffff' }).jpeg().toBuffer(), mimeType: 'image/jpeg' }
}

/** A parcel with a torn corner, the picture every shop gets. */
export async function samplePicture(): Promise<SampleFile> {
  return { bytes: await draw('parcel', PARCEL, 'jpeg'), mimeType: 'image/jpeg', fileName: 'parcel.jpg' }
}

export const STICKERS = ['hello', 'thanks', 'love', 'sad', 'wow', 'ok'] as const
export type Sticker = (typeof STICKERS)[number]

export async function sampleSticker(name: Sticker): Promise<SampleFile> {
  return { bytes: await draw(name, stickerSvg(name), 'webp'), mimeType: 'image/webp', fileName: `${name}.webp` }
}

/** Three seconds of a small melody as WhatsApp records voice: Ogg with Opus. */
export async function sampleVoice(): Promise<SampleFile> {
  const path = createRequire(import.meta.url).resolve('#sandbox/phone/assets/voice-note.ogg')
  return { bytes: await readFile(path), mimeType: 'audio/ogg; codecs=opus', fileName: 'voice-note.ogg' }
}

/** One page of PDF, written by hand. */
export function sampleDocument(): SampleFile {
  const page =
    'BT /F1 28 Tf 72 720 Td (Invoice A-1042) Tj 0 -48 Td /F1 14 Tf (1 x Monstera deliciosa, 34.00) Tj 0 -24 Td (Paid. Thank you!) Tj ET'
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  return { bytes: Buffer.from(text + table + trailer, 'latin1'), mimeType: 'application/pdf', fileName: 'invoice-A-1042.pdf' }
}

const PARCEL = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720" viewBox="0 0 960 720">
<defs><linearGradient id="w" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#dfe7e3"/><stop offset="1" stop-color="#b9c8c2"/></linearGradient>
<linearGradient id="f" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#c69a6b"/><stop offset="1" stop-color="#a97b4c"/></linearGradient></defs>
<rect width="960" height="500" fill="url(#w)"/><rect y="500" width="960" height="220" fill="#8a6b52"/>
<path d="M0 560h960M0 640h960" stroke="#755944" stroke-width="5"/>
<ellipse cx="490" cy="618" rx="330" ry="34" fill="#4d3a2c" opacity=".35"/>
<path d="M200 300l290-70 270 70v260l-270 62-290-62z" fill="url(#f)"/><path d="M490 366v256l270-62V300z" fill="#96693d"/>
<path d="M200 300l290 66 270-66-270-70z" fill="#d8b083"/><path d="M322 270l292 68v60l-40 9v-60L284 279z" fill="#efe3cf" opacity=".85"/>
<path d="M700 314l60-14v92l-24-26-14 22-22-74z" fill="#5c3f24"/><path d="M700 314l22 74 14-22 24 26" fill="none" stroke="#e6cda6" stroke-width="6"/>
<rect x="244" y="420" width="150" height="96" rx="6" transform="skewY(12) translate(0 -70)" fill="#fbfaf6"/>
<path d="M262 422h60M262 440h104M262 458h84" stroke="#3b3b3b" stroke-width="7" transform="skewY(12) translate(0 -48)"/></svg>`

const FACES: Readonly<Record<Sticker, { skin: string; face: string; extra?: string }>> = {
  hello: {
    skin: '#ffd23f',
    face: 'M176 300q80 78 160 0',
    extra: '<path d="M420 150q52-34 66 24l-18 92-74-30z" fill="#ffd23f" stroke="#fff" stroke-width="14"/>',
  },
  thanks: {
    skin: '#7ae0c3',
    face: 'M186 296q70 62 140 0',
    extra:
      '<g stroke="#fff" stroke-width="10"><path d="M398 470l-16-96" stroke="#2b9348" stroke-width="16"/><g fill="#ff8fa3"><circle cx="372" cy="316" r="34"/><circle cx="414" cy="330" r="34"/><circle cx="412" cy="376" r="34"/><circle cx="368" cy="388" r="34"/><circle cx="342" cy="350" r="34"/></g><circle cx="382" cy="352" r="28" fill="#ffd23f"/></g>',
  },
  love: {
    skin: '#ff8fa3',
    face: 'M176 292q80 86 160 0',
    extra: '<path d="M404 96c34-42 92 6 46 54l-46 44-46-44c-46-48 12-96 46-54z" fill="#e5383b" stroke="#fff" stroke-width="12"/>',
  },
  sad: { skin: '#8ecae6', face: 'M182 336q74-66 148 0', extra: '<path d="M176 262q-26 44 0 58 26-14 0-58z" fill="#219ebc"/>' },
  wow: { skin: '#cdb4f6', face: 'M228 300a28 36 0 1 0 56 0 28 36 0 1 0-56 0' },
  ok: {
    skin: '#b5e48c',
    face: 'M186 300q70 56 140 0',
    extra:
      '<path d="M352 380l44 44 84-104" fill="none" stroke="#fff" stroke-width="56" stroke-linecap="round" stroke-linejoin="round"/><path d="M352 380l44 44 84-104" fill="none" stroke="#2b9348" stroke-width="34" stroke-linecap="round" stroke-linejoin="round"/>',
  },
}

function stickerSvg(name: Sticker): string {
  const { skin, face, extra = '' } = FACES[name]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">
<circle cx="256" cy="250" r="190" fill="${skin}" stroke="#fff" stroke-width="18"/>
<circle cx="190" cy="216" r="20" fill="#2b2d42"/><circle cx="322" cy="216" r="20" fill="#2b2d42"/>
<path d="${face}" fill="none" stroke="#2b2d42" stroke-width="18" stroke-linecap="round"/>${extra}</svg>`
}
