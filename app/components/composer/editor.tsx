import { type ClipboardEvent, forwardRef, type KeyboardEvent, useEffect, useImperativeHandle, useRef } from 'react'

export interface EditorHandle {
  focus(): void
  /** Puts text where the cursor stands. @returns false where there is nothing to write in */
  insert(text: string): boolean
}

interface EditorProps {
  value: string
  onChange(value: string): void
  onSubmit(): void
  onPasteFiles(files: File[]): void
  label: string
  placeholder: string
  describedBy?: string
  isInvalid?: boolean
}

const MOST_PX = 220

/** The text field: grows with its words up to a limit; Enter sends, Shift+Enter breaks the line, Escape leaves. */
export const Editor = forwardRef<EditorHandle, EditorProps>(function Editor(props, ref) {
  const area = useRef<HTMLTextAreaElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => {
    const element = area.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(MOST_PX, element.scrollHeight)}px`
  }, [props.value])
  useImperativeHandle(ref, () => ({
    focus: () => area.current?.focus(),
    insert: (text) => {
      const element = area.current
      if (element === null) return false
      const { selectionStart: from, selectionEnd: to } = element
      props.onChange(element.value.slice(0, from) + text + element.value.slice(to))
      requestAnimationFrame(() => {
        element.focus()
        element.setSelectionRange(from + text.length, from + text.length)
      })
      return true
    },
  }))
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter chooses a word (229: browsers that say so only by code).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    // Out of the field and into the conversation, where single keys act again.
    if (event.key === 'Escape') area.current?.closest<HTMLElement>('article')?.focus()
    // On touch keyboards Enter is the only way to break a line; the button sends there.
    if (event.key !== 'Enter' || event.shiftKey || matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    props.onSubmit()
  }
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const files = [...event.clipboardData.files]
    if (files.length === 0) return
    event.preventDefault()
    props.onPasteFiles(files)
  }
  return (
    <textarea
      ref={area}
      dir="auto"
      rows={1}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.isInvalid || undefined}
      placeholder={props.placeholder}
      className="block max-h-[220px] min-h-11 w-full resize-none bg-transparent px-4 pt-3 pb-1 outline-none"
    />
  )
})
