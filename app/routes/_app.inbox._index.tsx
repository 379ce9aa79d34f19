import { MessagesSquare } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Empty } from '#app/components/ui/empty.tsx'

/** What stands beside the list while no conversation is open. */
export default function NoConversation() {
  const { t } = useTranslation('inbox')
  return (
    <Empty icon={MessagesSquare} title={t('pick')}>
      {t('pick_text')}
    </Empty>
  )
}
