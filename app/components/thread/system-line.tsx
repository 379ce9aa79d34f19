import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { Time } from '../ui/time.tsx'

/** A provider's notice, such as a changed number: part of the story, said by nobody. */
export function SystemLine({ message }: { message: MessageView }) {
  const { t } = useTranslation('thread')
  const format = useFormat()
  return (
    <div id={message.id} className="mx-auto my-2 max-w-md rounded-xl bg-hover px-3 py-1.5 text-center text-ink-soft text-xs">
      <span dir="auto">{message.body || message.content.provider?.title || t('author.system')}</span>
      <Time iso={message.providerTime} className="ms-2 text-ink-faint">
        {format.time(message.providerTime)}
      </Time>
    </div>
  )
}
