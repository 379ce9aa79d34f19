/** What the phone page is told, over SSE and in its first HTML. The page's scripts import these types by JSDoc. */

export interface Attachment {
  kind: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker'
  /** Relative to the page; null when the business sent a link that this sandbox does not fetch. */
  url: string | null
  link: string | null
  fileName: string | null
  sizeBytes: number | null
}

export interface Choice {
  kind: 'reply' | 'quick_reply' | 'url' | 'phone' | 'code' | 'location' | 'other'
  id: string
  title: string
  /** Where a url button leads, which number a phone button calls, the code to copy. */
  value: string
}

export interface Bubble {
  id: string
  /** Written by the customer whose phone this is. */
  mine: boolean
  atMs: number
  text: string | null
  header: string | null
  footer: string | null
  attachment: Attachment | null
  location: { latitude: number; longitude: number; name: string | null; address: string | null } | null
  cards: { name: string; lines: string[] }[]
  choices: Choice[]
  list: { button: string; sections: { title: string | null; rows: { id: string; title: string; description: string | null }[] }[] } | null
  /** Of a kind the phone has no picture for: its name. */
  other: string | null
  isTemplate: boolean
  replyTo: { id: string; mine: boolean; preview: string } | null
  reactions: { mine: string | null; theirs: string | null }
  status: 'pending' | 'sent' | 'delivered' | 'read' | 'played' | 'failed'
  errorCode: number | null
  edited: boolean
  deleted: boolean
  answered: string | null
  editable: boolean
}

export interface PersonRow {
  id: string
  name: string
  /** The phone number, or the username, or null: only a business-scoped user id. */
  address: string | null
  preview: string | null
  previewMine: boolean
  atMs: number | null
  unread: number
}

export interface PersonSettings {
  id: string
  name: string
  address: string | null
  userId: string | null
  online: boolean
  readReceipts: boolean
  receiptDelayMs: number
  failWith: number | null
}

export interface NumberRow {
  phoneNumberId: string
  name: string
  displayNumber: string
}

export type Frame =
  | { type: 'chat'; viewerId: string; person: PersonSettings; number: NumberRow | null; bubbles: Bubble[]; people: PersonRow[] }
  | { type: 'bubble'; bubble: Bubble }
  | { type: 'gone'; id: string }
  | { type: 'typing'; on: boolean }
  | { type: 'people'; people: PersonRow[]; person: PersonSettings | null }
