import { ScrollText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { MessageView } from '#modules/messages/types.ts'
import { ChoiceBody } from './choice-body.tsx'
import { ContactsBody } from './contacts-body.tsx'
import { LocationBody } from './location-body.tsx'
import { MediaBody } from './media-body.tsx'
import { OrderBody } from './order-body.tsx'
import { OutboundBody, outboundOf } from './outbound-body.tsx'
import { TextBody } from './text-body.tsx'
import { UnsupportedBody } from './unsupported-body.tsx'

/** What a message says, whatever its kind. A kind without a form of its own shows its words, or says that it can't be shown. */
export function Body({ message }: { message: MessageView }) {
  const { kind, body, content, attachments } = message
  const outbound = outboundOf(content.outbound)
  if (outbound?.kind === 'interactive' || outbound?.kind === 'list') return <OutboundBody content={outbound} text={body} />
  const parts = [
    ...attachments.map((attachment) => <MediaBody key={attachment.id} attachment={attachment} />),
    content.location && <LocationBody key="location" location={content.location} />,
    content.contacts && content.contacts.length > 0 && <ContactsBody key="contacts" contacts={content.contacts} />,
    content.order && <OrderBody key="order" order={content.order} />,
    content.choice && <ChoiceBody key="choice" choice={content.choice} text={body} />,
  ].filter(Boolean)
  // The words of these are a summary of what is shown in full.
  const isTold = content.choice !== undefined || content.contacts !== undefined || content.location !== undefined
  const words = isTold ? '' : body || (content.order?.text ?? '')
  if (kind === 'unsupported' || (parts.length === 0 && words === '')) return <UnsupportedBody type={content.provider?.type} />
  return (
    <div className="flex flex-col gap-1.5">
      {kind === 'template' && <TemplateLabel />}
      {parts}
      {words && <TextBody text={words} />}
    </div>
  )
}

function TemplateLabel() {
  const { t } = useTranslation('thread')
  return (
    <p className="flex items-center gap-1.5 text-ink-soft text-xs">
      <ScrollText aria-hidden className="size-3.5" />
      {t('template')}
    </p>
  )
}
