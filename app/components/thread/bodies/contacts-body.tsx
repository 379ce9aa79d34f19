import { Building2, Mail, Phone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ContactCard } from '#channels/connector.ts'
import { Avatar } from '../../ui/avatar.tsx'

/** Contact cards somebody passed on, with numbers and addresses to use at once. */
export function ContactsBody({ contacts }: { contacts: readonly ContactCard[] }) {
  const { t } = useTranslation('thread')
  return (
    <ul aria-label={t('contact_card')} className="flex min-w-56 flex-col gap-1.5">
      {contacts.map((card, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cards of a message do not change places
        <li key={index} className="flex gap-3 rounded-lg bg-bubble-quote p-3">
          <Avatar name={card.name} seed={card.name} size="small" />
          <div className="min-w-0">
            <p dir="auto" className="font-medium">
              {card.name || t('contact_card')}
            </p>
            {card.organization && (
              <p className="flex items-center gap-1.5 text-ink-soft text-xs">
                <Building2 aria-hidden className="size-3.5" />
                <bdi>{card.organization}</bdi>
              </p>
            )}
            {card.phones.map(({ phone }) => (
              <a
                key={phone}
                href={`tel:${phone.replace(/[^\d+]/g, '')}`}
                className="flex items-center gap-1.5 text-accent-ink text-xs underline underline-offset-2"
              >
                <Phone aria-hidden className="size-3.5" />
                <bdi dir="ltr">{phone}</bdi>
              </a>
            ))}
            {card.emails.map(({ email }) => (
              <a
                key={email}
                href={`mailto:${email}`}
                className="flex items-center gap-1.5 text-accent-ink text-xs underline underline-offset-2"
              >
                <Mail aria-hidden className="size-3.5" />
                <bdi dir="ltr">{email}</bdi>
              </a>
            ))}
          </div>
        </li>
      ))}
    </ul>
  )
}
