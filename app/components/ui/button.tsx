import { cva, type VariantProps } from 'class-variance-authority'
import { type ButtonHTMLAttributes, forwardRef } from 'react'
import { cx } from './cx.ts'
import { Spinner } from './spinner.tsx'

const look = cva(
  'relative inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-lg font-medium transition-colors disabled:opacity-55 aria-disabled:opacity-55',
  {
    variants: {
      kind: {
        primary: 'bg-accent text-on-accent hover:enabled:bg-accent-hover',
        plain: 'border border-line bg-surface text-ink shadow-card hover:enabled:bg-hover',
        quiet: 'text-ink-soft hover:enabled:bg-hover hover:enabled:text-ink',
        danger: 'bg-danger-fill text-on-accent hover:enabled:brightness-110',
      },
      size: { small: 'h-7 px-2.5 text-xs', medium: 'h-9 px-3.5 text-sm', large: 'h-11 px-5 text-[0.9375rem]' },
    },
    defaultVariants: { kind: 'plain', size: 'medium' },
  },
)

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, VariantProps<typeof look> {
  /** Keeps its width and its place in the tab order while something runs. */
  busy?: boolean
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button({ kind, size, busy, className, children, ...rest }, ref) {
  return (
    <button ref={ref} type="button" {...rest} aria-busy={busy || undefined} className={cx(look({ kind, size }), className)}>
      <span className={cx('inline-flex items-center gap-1.5', busy && 'invisible')}>{children}</span>
      {busy && <Spinner className="absolute size-4" />}
    </button>
  )
})
