import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** What stands where there is nothing: what is (not) here, and what to do about it. */
export function Empty(props: {
  icon: LucideIcon
  title: string /** It is what the page is about, so its title is the page's heading. */
  isPage?: boolean
  children?: ReactNode
}) {
  const { icon: Icon, title, children } = props
  const Title = props.isPage ? 'h1' : 'p'
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-8 text-center">
      <span className="flex size-12 items-center justify-center rounded-2xl bg-hover text-ink-faint">
        <Icon aria-hidden className="size-6" />
      </span>
      <Title className="font-medium text-[0.9375rem]">{title}</Title>
      {children && <div className="max-w-72 text-balance text-ink-soft">{children}</div>}
    </div>
  )
}
