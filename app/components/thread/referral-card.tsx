import { ExternalLink, Megaphone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { InboundContext } from '#channels/connector.ts'

/** Which ad or product the customer came from: the context an agent must not have to ask for. */
export function ReferralCard({ context }: { context: InboundContext }) {
  const { t } = useTranslation('thread')
  const { referral, referredProduct } = context
  if (!referral && !referredProduct) return null
  const href = referral?.sourceUrl && /^https?:\/\//i.test(referral.sourceUrl) ? referral.sourceUrl : null
  return (
    <div className="mb-1.5 rounded-lg bg-bubble-quote p-2.5 text-xs">
      <p className="flex items-center gap-1.5 font-medium text-ink-soft">
        <Megaphone aria-hidden className="mirror size-3.5" />
        {t(referral ? 'ad' : 'product')}
      </p>
      {referral?.headline && (
        <p dir="auto" className="mt-0.5 font-semibold text-sm">
          {referral.headline}
        </p>
      )}
      {referral?.body && (
        <p dir="auto" className="text-ink-soft">
          {referral.body}
        </p>
      )}
      {referredProduct?.productId && <bdi dir="ltr">{referredProduct.productId}</bdi>}
      {href && (
        <a
          href={href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="mt-1 inline-flex items-center gap-1 font-medium text-accent-ink underline underline-offset-2"
        >
          {t('ad_open')}
          <ExternalLink aria-hidden className="size-3" />
        </a>
      )}
    </div>
  )
}
