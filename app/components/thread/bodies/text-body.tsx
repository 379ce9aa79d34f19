import { cx } from '../../ui/cx.ts'
import { isLargeEmoji, linkify } from '../linkify.ts'

/** Words with their links, in the direction they are written in. */
export function TextBody({ text, className }: { text: string; className?: string }) {
  if (isLargeEmoji(text)) return <p className="text-4xl leading-snug">{text}</p>
  return (
    <p dir="auto" className={cx('whitespace-pre-wrap break-words [overflow-wrap:anywhere]', className)}>
      {linkify(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that does not change
            key={index}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            dir="ltr"
            className="text-accent-ink underline underline-offset-2"
          >
            {part.text}
          </a>
        ),
      )}
    </p>
  )
}
