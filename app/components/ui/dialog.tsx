import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { IconButton } from './icon-button.tsx'

/** A window above the page: focus goes in, stays in and comes back; Escape closes. On a phone it rises from below. */
export function Dialog(props: {
  open: boolean
  onOpenChange(open: boolean): void
  title: string
  /** Read out with the title; absent when the title says it all. */
  description?: string
  className?: string
  children: ReactNode
}) {
  const { t } = useTranslation('shell')
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40 motion-safe:animate-appear" />
        <Radix.Content
          aria-describedby={props.description ? undefined : ''}
          className={cx(
            'fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] flex-col rounded-t-2xl border border-line bg-surface shadow-pop outline-none motion-safe:animate-rise sm:inset-x-auto sm:start-1/2 sm:top-1/2 sm:bottom-auto sm:w-full sm:max-w-lg sm:-translate-y-1/2 sm:rounded-2xl ltr:sm:-translate-x-1/2 rtl:sm:translate-x-1/2',
            props.className,
          )}
        >
          <header className="flex items-start gap-3 border-line border-b px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-semibold text-base">{props.title}</Radix.Title>
              {props.description && <Radix.Description className="mt-0.5 text-ink-soft">{props.description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label={t('close')} hasTip={false} className="-me-2">
                <X aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
