import { useTranslation } from 'react-i18next'
import type { MessageView } from '#modules/messages/types.ts'
import { useViewer } from '../shell/viewer.ts'
import { useThreadScreen } from './thread-context.ts'

/** Whose words these are, as the reader would say it. */
export function useAuthorName(message: MessageView): string {
  const { t } = useTranslation('thread')
  const { memberId } = useViewer()
  const { contactName } = useThreadScreen()
  const { kind, id, name } = message.author
  if (kind === 'contact') return contactName
  if (kind === 'member') return id === memberId ? t('author.you') : (name ?? t('author.member'))
  return t(`author.${kind}`)
}
