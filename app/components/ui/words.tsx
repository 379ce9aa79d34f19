import type { ReactNode } from 'react'

/** Somebody's words on a line of ours: written in their own direction, yet beginning where our lines begin. */
export function Words({ className, title, children }: { className?: string; title?: string; children: ReactNode }) {
  return (
    <span className={className} title={title}>
      <bdi>{children}</bdi>
    </span>
  )
}
