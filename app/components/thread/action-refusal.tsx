import { Link } from '@remix-run/react'
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Refusal } from '#app/live/ask.ts'
import { IconButton } from '../ui/icon-button.tsx'
import type { ConversationActions } from './use-conversation-actions.ts'

/** Why the last action on the conversation did not happen, and where it would. */
export function ActionRefusal({ actions }: { actions: ConversationActions }) {
  const { t } = useTranslation(['refusals', 'shell', 'inbox'])
  const { refusal } = actions
  const other = refusal && otherConversation(refusal)
  return (
    <div role="alert">
      {refusal && (
        <p className="flex items-center gap-3 bg-danger-soft px-4 py-1.5 text-danger">
          <span>{t(refusal.code)}</span>
          {other && (
            <Link to={`/inbox/${other}`} className="font-medium underline underline-offset-2">
              {t('inbox:go_there')}
            </Link>
          )}
          <span className="flex-1" />
          <IconButton label={t('shell:close')} onClick={actions.forgetRefusal} className="size-7 text-danger">
            <X aria-hidden />
          </IconButton>
        </p>
      )}
    </div>
  )
}

function otherConversation({ code, detail }: Refusal): string | null {
  const isNamed = code === 'another_conversation_open' && typeof detail === 'object' && detail !== null && 'conversationId' in detail
  return isNamed ? String(detail.conversationId) : null
}
