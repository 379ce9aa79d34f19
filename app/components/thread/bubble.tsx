import { CornerUpRight, Smartphone } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import type { PendingMessage } from '#app/live/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { cx } from '../ui/cx.ts'
import { Time } from '../ui/time.tsx'
import { Body } from './bodies/body.tsx'
import { DeliveryNote } from './delivery-note.tsx'
import { MessageMenu } from './message-menu.tsx'
import { PendingNote } from './pending-note.tsx'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { ReferralCard } from './referral-card.tsx'
import { Ticks } from './ticks.tsx'
import { useAuthorName } from './use-author-name.ts'

interface BubbleProps {
  message: MessageView
  pending: PendingMessage | null
  isGroupStart: boolean
  isGroupEnd: boolean
}

/** One message: who, what, when, and how far it came. Theirs at the line's start, ours at its end. */
export const Bubble = memo(function Bubble({ message, pending, isGroupStart, isGroupEnd }: BubbleProps) {
  const { t } = useTranslation('thread')
  const format = useFormat()
  const author = useAuthorName(message)
  const isOurs = message.direction === 'outbound'
  const isBare = message.kind === 'sticker' && message.revokedAt === null && message.attachments.some((file) => file.state === 'stored')
  const hasTicks = isOurs && message.author.kind !== 'phone_app'
  return (
    <article
      id={message.id}
      data-sequence={message.sequence}
      aria-label={t(isOurs ? 'said.outbound' : 'said.inbound', { name: author, time: format.time(message.providerTime) })}
      className={cx('group/message flex rounded-xl', isOurs ? 'flex-row-reverse' : 'flex-row', isGroupStart ? 'mt-3' : 'mt-0.5')}
    >
      <div className={cx('flex min-w-0 max-w-[min(34rem,82%)] flex-col', isOurs ? 'items-end' : 'items-start')}>
        {isOurs && isGroupStart && <AuthorLine message={message} author={author} />}
        <div
          className={cx(
            'relative min-w-0 max-w-full px-3 py-2',
            isBare ? 'px-0' : isOurs ? 'bg-bubble-out' : 'bg-bubble-in',
            'rounded-2xl',
            !isBare && isGroupEnd && (isOurs ? 'rounded-ee-md' : 'rounded-es-md'),
            pending && 'opacity-75',
          )}
        >
          {message.revokedAt === null ? <Content message={message} /> : <Revoked isOurs={isOurs} />}
          <p className="mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] text-ink-faint leading-4">
            {message.editedAt !== null && message.revokedAt === null && (
              <span title={format.moment(message.editedAt)}>{t('edited')} ·</span>
            )}
            <Time iso={message.providerTime}>{format.time(message.providerTime)}</Time>
            {hasTicks && <Ticks delivery={message.delivery} isRefused={pending?.state === 'refused'} />}
          </p>
        </div>
        <Reactions reactions={message.reactions} />
        {pending ? <PendingNote pending={pending} /> : isOurs && <DeliveryNote message={message} />}
      </div>
      {!pending && message.revokedAt === null && (
        <div className="mx-1 mt-1 self-start">
          <MessageMenu message={message} />
        </div>
      )}
    </article>
  )
})

function Content({ message }: { message: MessageView }) {
  const { t } = useTranslation('thread')
  const { context } = message.content
  return (
    <>
      {context?.forwarded && (
        <p className="mb-0.5 flex items-center gap-1 text-ink-soft text-xs italic">
          <CornerUpRight aria-hidden className="mirror size-3.5" />
          {t(context.forwarded === 'often' ? 'forwarded_often' : 'forwarded')}
        </p>
      )}
      {context && <ReferralCard context={context} />}
      {message.replyTo && <Quote replyTo={message.replyTo} />}
      <Body message={message} />
    </>
  )
}

function Revoked({ isOurs }: { isOurs: boolean }) {
  const { t } = useTranslation('thread')
  return <p className="text-ink-soft italic">{t(isOurs ? 'revoked_outbound' : 'revoked_inbound')}</p>
}

function AuthorLine({ message, author }: { message: MessageView; author: string }) {
  return (
    <p className="mb-0.5 flex items-center gap-1 px-1 text-ink-faint text-xs">
      {message.author.kind === 'phone_app' && <Smartphone aria-hidden className="size-3.5" />}
      <bdi>{author}</bdi>
    </p>
  )
}
