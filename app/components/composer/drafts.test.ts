import { expect, test } from 'vitest'
import { aMessage, idNumber } from '#tests/builders/views.ts'
import { draftsOf } from './drafts.ts'
import type { Attachment } from './use-attachments.ts'

const aFile = (number: number, given: Partial<Attachment> = {}): Attachment => ({
  key: `file ${number}`,
  file: new File(['x'], `file${number}.jpg`, { type: 'image/jpeg' }),
  kind: 'image',
  previewUrl: `blob:${number}`,
  progress: 1,
  uploadId: idNumber('upload', number),
  failure: null,
  ...given,
})
const written = (text: string, attachments: Attachment[] = []) => ({
  conversationId: idNumber('conversation', 1),
  channel: 'whatsapp' as const,
  text,
  attachments,
  replyTo: aMessage(7),
})
const told = (text: string, attachments?: Attachment[]) =>
  draftsOf(written(text, attachments), { captionChars: 20 }).map(({ content, bubble }) => ({
    ...(content.kind === 'text'
      ? { text: content.text }
      : content.kind === 'media'
        ? { file: content.uploadId.slice(-1), caption: content.caption }
        : {}),
    answers: bubble.replyTo !== null,
  }))

test('words alone are one message', () => {
  expect(told('  Hello  ')).toEqual([{ text: 'Hello', answers: true }])
})

test('each file is a message; the words are the first one’s caption', () => {
  expect(told('Look', [aFile(1), aFile(2)])).toEqual([
    { file: '1', caption: 'Look', answers: true },
    { file: '2', caption: undefined, answers: false },
  ])
})

test('words that are too long for a caption, or go with a sound, follow by themselves', () => {
  expect(told('More than twenty characters', [aFile(1)])).toEqual([
    { file: '1', caption: undefined, answers: true },
    { text: 'More than twenty characters', answers: false },
  ])
  expect(told('Listen', [aFile(1, { kind: 'audio' })])).toHaveLength(2)
})

test('a file that never arrived is not sent', () => {
  expect(told('', [aFile(1, { uploadId: null, failure: 'unreachable' })])).toEqual([])
})
