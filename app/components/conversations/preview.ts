import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Catalogue } from '#app/i18n/catalogue.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'

type PreviewKind = keyof Catalogue['inbox']['preview']

/** One line of a message: its words, or what kind of thing it is. */
export function usePreview(): (message: Pick<MessageView, 'body' | 'kind'>) => string {
  const { t } = useTranslation('inbox')
  return useCallback((message) => message.body.trim() || t(`preview.${message.kind}`), [t])
}

/** The list's line: the words, else the kind of the last message. A kind this build has no words for is a message. */
export function rowPreview(
  row: Pick<ConversationListItem, 'lastMessagePreview' | 'lastMessageKind'>,
): { text: string } | { kind: PreviewKind } {
  if (row.lastMessagePreview.trim() !== '') return { text: row.lastMessagePreview }
  if (row.lastMessageKind === null) return { kind: 'none' }
  return { kind: isPreviewKind(row.lastMessageKind) ? row.lastMessageKind : 'text' }
}

const KINDS: Record<PreviewKind, true> = {
  text: true,
  image: true,
  video: true,
  audio: true,
  voice: true,
  document: true,
  sticker: true,
  location: true,
  contacts: true,
  interactive: true,
  button: true,
  list: true,
  template: true,
  order: true,
  system: true,
  unsupported: true,
  none: true,
}
const isPreviewKind = (kind: string): kind is PreviewKind => Object.hasOwn(KINDS, kind)
