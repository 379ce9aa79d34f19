import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/icon-button.tsx'
import type { ConversationActions } from './use-conversation-actions.ts'

/** Why the last action on the conversation did not happen. */
export function ActionRefusal({ actions }: { actions: ConversationActions }) {
  const { t } = useTranslation(['refusals', 'shell'])
  return (
    <div role="alert">
      {actions.refusal && (
        <p className="flex items-center justify-between gap-2 bg-danger-soft px-4 py-1.5 text-danger">
          {t(actions.refusal)}
          <IconButton label={t('shell:close')} onClick={actions.forgetRefusal} className="size-7 text-danger">
            <X aria-hidden />
          </IconButton>
        </p>
      )}
    </div>
  )
}
