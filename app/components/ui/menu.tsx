import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

const ITEM =
  'flex min-h-9 cursor-pointer select-none items-center gap-2.5 rounded-md px-2.5 outline-none data-[disabled]:cursor-default data-[highlighted]:bg-hover data-[disabled]:opacity-50 [&_svg]:size-4 [&_svg]:text-ink-soft'

/** A menu that hangs from a button; arrows move, letters find, Escape closes. */
export function Menu(props: {
  trigger: ReactNode
  open?: boolean
  onOpenChange?(open: boolean): void
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom' | 'right' | 'left'
  className?: string
  children: ReactNode
}) {
  return (
    <DropdownMenu.Root modal={false} open={props.open} onOpenChange={props.onOpenChange}>
      <DropdownMenu.Trigger asChild>{props.trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={props.align ?? 'end'}
          side={props.side}
          sideOffset={6}
          collisionPadding={8}
          className={cx(
            'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-pop motion-safe:animate-rise',
            props.className,
          )}
        >
          {props.children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function MenuItem(props: { onSelect?(): void; disabled?: boolean; danger?: boolean; asChild?: boolean; children: ReactNode }) {
  return (
    <DropdownMenu.Item
      onSelect={props.onSelect}
      disabled={props.disabled}
      asChild={props.asChild}
      className={cx(ITEM, props.danger && 'text-danger [&_svg]:text-danger')}
    >
      {props.children}
    </DropdownMenu.Item>
  )
}

export function MenuChoices<Value extends string>(props: {
  value: Value
  onChange(value: Value): void
  choices: readonly { value: Value; label: string; lang?: string; icon?: ReactNode }[]
}) {
  return (
    <DropdownMenu.RadioGroup value={props.value} onValueChange={(value) => props.onChange(value as Value)}>
      {props.choices.map((choice) => (
        <DropdownMenu.RadioItem key={choice.value} value={choice.value} lang={choice.lang} className={ITEM}>
          {choice.icon}
          <span className="flex-1">{choice.label}</span>
          <DropdownMenu.ItemIndicator>
            <Check aria-hidden />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2.5 pt-2 pb-1 font-medium text-ink-faint text-xs">{children}</DropdownMenu.Label>
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}
