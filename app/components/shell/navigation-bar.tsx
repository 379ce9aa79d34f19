import { useNavigation } from '@remix-run/react'
import { cx } from '../ui/cx.ts'

/** A thin line at the top while a page is on its way; quick ones never show it. */
export function NavigationBar() {
  const { state } = useNavigation()
  return (
    <div aria-hidden className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5">
      <div
        className={cx(
          'h-full origin-left bg-accent rtl:origin-right',
          state === 'idle' ? 'scale-x-0 opacity-0' : 'scale-x-90 opacity-100 transition-transform delay-150 duration-[4s] ease-out',
        )}
      />
    </div>
  )
}
