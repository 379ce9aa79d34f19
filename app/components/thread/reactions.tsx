import { useTranslation } from 'react-i18next'
import type { MessageView } from '#modules/messages/types.ts'

/** Reactions hang on the bubble's edge, each with whose it is. */
export function Reactions({ reactions }: { reactions: MessageView['reactions'] }) {
  const { t } = useTranslation('thread')
  if (reactions.length === 0) return null
  return (
    <ul aria-label={t('reactions')} className="-mt-2 relative z-[1] flex gap-1 px-2">
      {reactions.map(({ by, emoji }) => (
        <li
          key={`${by} ${emoji}`}
          title={t(`reaction_by.${by}`, { emoji })}
          className="rounded-full border border-line bg-surface px-1.5 py-0.5 text-sm leading-none shadow-card"
        >
          <span aria-hidden>{emoji}</span>
          <span className="sr-only">{t(`reaction_by.${by}`, { emoji })}</span>
        </li>
      ))}
    </ul>
  )
}
