import sharp from 'sharp'

/** A file of the demo, made by code so that nothing binary lies in the repository. */
export interface DemoFile {
  kind: 'image' | 'voice' | 'document'
  mimeType: string
  fileName: string | null
  bytes: Uint8Array
  width: number | null
  height: number | null
}

/** One file per kind, shared by all conversations that show one. */
export async function demoFiles(): Promise<Record<DemoFile['kind'], DemoFile>> {
  const [width, height] = [960, 720]
  return {
    image: { kind: 'image', mimeType: 'image/jpeg', fileName: null, bytes: await parcelPicture(width, height), width, height },
    voice: { kind: 'voice', mimeType: 'audio/wav', fileName: null, bytes: voiceNote(), width: null, height: null },
    document: {
      kind: 'document',
      mimeType: 'application/pdf',
      fileName: 'overview.pdf',
      bytes: onePagePdf('Prices and conditions'),
      width: null,
      height: null,
    },
  }
}

/** A parcel with a torn corner, drawn. */
function parcelPicture(width: number, height: number): Promise<Uint8Array> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 96 72">
    <defs><linearGradient id="w" x2="0" y2="1"><stop stop-color="#dfe7ea"/><stop offset="1" stop-color="#b9c6cb"/></linearGradient></defs>
    <rect width="96" height="72" fill="url(#w)"/><rect y="52" width="96" height="20" fill="#8d7660"/>
    <path d="M22 24 48 14l26 10v30L48 64 22 54z" fill="#c89b63"/><path d="M22 24l26 10v30L22 54z" fill="#b5854c"/>
    <path d="M48 34 74 24v30L48 64z" fill="#a97640"/><path d="M36 19l26 10v6l-4-2-22-8z" fill="#e9d8b4" opacity=".9"/>
    <path d="M66 27l8-3v12l-3-3-1 4-3-4z" fill="#5b3c1d"/></svg>`
  return sharp(Buffer.from(drawing)).jpeg({ quality: 82 }).toBuffer()
}

/** Two seconds of a soft hum, 8 kHz mono: enough for a player to play. */
function voiceNote(): Uint8Array {
  const rate = 8_000
  const samples = rate * 2
  const file = Buffer.alloc(44 + samples * 2)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + samples * 2, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(samples * 2, 40)
  for (let at = 0; at < samples; at++) {
    const swell = Math.sin((Math.PI * at) / samples)
    const tone = Math.sin((2 * Math.PI * 196 * at) / rate) + 0.4 * Math.sin((2 * Math.PI * 294 * at) / rate)
    file.writeInt16LE(Math.round(tone * swell * 6_000), 44 + at * 2)
  }
  return file
}

/** The smallest PDF that viewers open without complaint. */
function onePagePdf(title: string): Uint8Array {
  const stream = `BT /F1 24 Tf 72 760 Td (${title}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, at) => {
    const offset = body.length
    body += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}
