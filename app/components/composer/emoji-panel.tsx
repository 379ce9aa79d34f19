import { EmojiPicker } from 'frimousse'
import { useTranslation } from 'react-i18next'

/** The picker itself. Names and groups come in English only: the data has neither Arabic nor Indonesian. */
export default function EmojiPanel({ onPick }: { onPick(emoji: string): void }) {
  const { t } = useTranslation('composer')
  return (
    <EmojiPicker.Root
      columns={9}
      locale="en"
      emojibaseUrl="/emoji"
      onEmojiSelect={({ emoji }) => onPick(emoji)}
      className="isolate flex h-full w-full flex-col"
    >
      <EmojiPicker.Search
        autoFocus
        aria-label={t('emoji_search')}
        placeholder={t('emoji_search')}
        className="m-2 mb-1.5 h-9 shrink-0 rounded-lg border border-line bg-surface px-3 outline-offset-[-1px]"
      />
      <EmojiPicker.Viewport tabIndex={0} aria-label={t('emoji')} className="relative min-h-0 flex-1 outline-none">
        <EmojiPicker.Loading className="absolute inset-0 flex items-center justify-center text-ink-soft">
          {t('emoji_loading')}
        </EmojiPicker.Loading>
        <EmojiPicker.Empty className="absolute inset-0 flex items-center justify-center text-ink-soft">
          {t('emoji_empty')}
        </EmojiPicker.Empty>
        <EmojiPicker.List
          dir="ltr"
          className="select-none px-1 pb-1"
          components={{
            CategoryHeader: ({ category, ...rest }) => (
              <div {...rest} className="bg-raised px-2 pt-2 pb-1 font-medium text-ink-faint text-xs">
                {category.label}
              </div>
            ),
            Row: ({ children, ...rest }) => (
              <div {...countedFromOne(rest)} className="scroll-my-1">
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...rest }) => (
              <button
                type="button"
                {...countedFromOne(rest)}
                className="flex size-[2.125rem] items-center justify-center rounded-md text-xl data-[active]:bg-hover"
              >
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  )
}

/** The picker counts rows and columns from 0; ARIA counts from 1. */
function countedFromOne<Props extends { 'aria-rowindex'?: number; 'aria-colindex'?: number }>(props: Props): Props {
  const [row, column] = [props['aria-rowindex'], props['aria-colindex']]
  return {
    ...props,
    ...(row === undefined ? {} : { 'aria-rowindex': row + 1 }),
    ...(column === undefined ? {} : { 'aria-colindex': column + 1 }),
  }
}
