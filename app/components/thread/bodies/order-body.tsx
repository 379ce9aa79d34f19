import { ShoppingBag } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatLocaleOf } from '#app/i18n/languages.ts'
import type { OrderContent } from '#channels/connector.ts'
import { usePage } from '../../shell/viewer.ts'

/** What the customer put into the basket, with the total where prices and currency are known. */
export function OrderBody({ order }: { order: OrderContent }) {
  const { t } = useTranslation('thread')
  const { language } = usePage()
  const money = (amount: number, currency: string) =>
    new Intl.NumberFormat(formatLocaleOf(language), { style: 'currency', currency }).format(amount)
  const currency = order.items.find((item) => item.currency)?.currency
  const isPriced = currency !== undefined && order.items.every((item) => item.price !== undefined && item.currency === currency)
  const total = order.items.reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0)
  return (
    <div className="min-w-56 rounded-lg bg-bubble-quote p-3">
      <p className="flex items-center gap-2 font-medium">
        <ShoppingBag aria-hidden className="size-4" />
        {t('order')}
        <span className="font-normal text-ink-soft">
          {t('order_items', { count: order.items.reduce((sum, item) => sum + item.quantity, 0) })}
        </span>
      </p>
      <ul className="mt-2 flex flex-col gap-1">
        {order.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an order does not change
          <li key={index} className="flex justify-between gap-4 text-xs">
            <span className="min-w-0 truncate">
              <span className="text-ink-soft tabular-nums">{item.quantity} ×</span> <bdi dir="ltr">{item.productId}</bdi>
            </span>
            {item.price !== undefined && item.currency && (
              <span className="tabular-nums">{money(item.price * item.quantity, item.currency)}</span>
            )}
          </li>
        ))}
      </ul>
      {isPriced && (
        <p className="mt-2 flex justify-between gap-4 border-line border-t pt-2 font-medium">
          <span>{t('order_total')}</span>
          <span className="tabular-nums">{money(total, currency)}</span>
        </p>
      )}
    </div>
  )
}
