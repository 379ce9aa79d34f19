import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** What stands where there is nothing: what is (not) here, and what to do about it. */
export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-8 text-center">
      <span className="flex size-12 items-center justify-center rounded-2xl bg-hover text-ink-faint">
        <Icon aria-hidden className="size-6" />
      </span>
      <p className="font-medium text-[0.9375rem]">{title}</p>
      {children && <div className="max-w-72 text-balance text-ink-soft">{children}</div>}
    </div>
  )
}
