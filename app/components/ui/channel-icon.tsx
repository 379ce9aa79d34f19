import { MessageCircle } from 'lucide-react'
import type { ChannelKind } from '#channels/connector.ts'
import { cx } from './cx.ts'

/** The channels' own marks (simple paths, drawn on a 24 px grid) and colours. */
const MARKS: Record<ChannelKind, { path: string; color: string; name: string }> = {
  whatsapp: {
    name: 'WhatsApp',
    color: 'text-[#1faa53]',
    path: 'M12 2a10 10 0 0 0-8.6 15.1L2 22l5-1.3A10 10 0 1 0 12 2Zm0 18.2c-1.6 0-3.1-.4-4.4-1.2l-.3-.2-3 .8.8-2.9-.2-.3A8.2 8.2 0 1 1 12 20.2Zm4.5-6.1c-.2-.1-1.5-.7-1.7-.8-.2-.1-.4-.1-.6.1l-.8 1c-.1.2-.3.2-.5.1-1.5-.7-2.5-1.3-3.5-3-.3-.5.2-.4.7-1.4.1-.2 0-.3 0-.5l-.8-1.8c-.2-.5-.4-.4-.6-.4h-.5c-.2 0-.4.1-.7.3-.2.3-.9.9-.9 2.1s.9 2.5 1 2.6c.1.2 1.8 2.7 4.3 3.8 1.6.7 2.2.7 3 .6.5-.1 1.5-.6 1.7-1.2.2-.6.2-1.1.1-1.2-.1-.1-.3-.2-.2-.3Z',
  },
}

/** Which channel; named for those who can't see it. */
export function ChannelIcon({ channel, className }: { channel: ChannelKind | null; className?: string }) {
  const mark = channel === null ? undefined : MARKS[channel]
  if (mark === undefined) return <MessageCircle aria-hidden className={cx('size-4', className)} />
  return (
    <svg role="img" aria-label={mark.name} viewBox="0 0 24 24" fill="currentColor" className={cx('size-4 shrink-0', mark.color, className)}>
      <path d={mark.path} />
    </svg>
  )
}
