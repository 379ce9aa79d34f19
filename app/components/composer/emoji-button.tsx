import { Smile } from 'lucide-react'
import { Popover } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/icon-button.tsx'
import { Spinner } from '../ui/spinner.tsx'

// Fetched when somebody opens it: most replies need none.
const EmojiPanel = lazy(() => import('./emoji-panel.tsx'))

/** Opens the emoji by groups and by search; one press puts it where the cursor stands. */
export function EmojiButton({ onPick, disabled }: { onPick(emoji: string): void; disabled?: boolean }) {
  const { t } = useTranslation('composer')
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild disabled={disabled}>
        <IconButton label={t('emoji')} side="top">
          <Smile aria-hidden />
        </IconButton>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={8}
          collisionPadding={8}
          aria-label={t('emoji')}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="z-50 h-80 w-80 max-w-[calc(100vw-1rem)] overflow-hidden rounded-xl border border-line bg-raised shadow-pop motion-safe:animate-rise"
        >
          <Suspense fallback={<Spinner className="m-auto mt-32" />}>
            <EmojiPanel
              onPick={(emoji) => {
                setOpen(false)
                onPick(emoji)
              }}
            />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
