import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { Key } from './key.tsx'

/** A label that appears when the pointer rests on something, or the keyboard reaches it. */
export function Tip({
  label,
  shortcut,
  side = 'bottom',
  children,
}: {
  label: string
  shortcut?: string
  side?: 'top' | 'bottom' | 'right' | 'left'
  children: ReactNode
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex max-w-64 items-center gap-2 rounded-md bg-ink px-2 py-1 text-surface text-xs shadow-pop motion-safe:animate-appear"
        >
          {label}
          {shortcut && <Key className="border-surface/30 text-surface">{shortcut}</Key>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
