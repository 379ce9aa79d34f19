import { useEffect, useRef, useSyncExternalStore } from 'react'
import { Signal } from '#app/live/signal.ts'

const SETTING = 'weft.shortcuts'
/** May single keys act? WCAG 2.1.4: people who dictate must be able to switch them off. */
const enabled = new Signal(true)

/** Reads the person's choice; the storage may be closed to us, then it is the default. */
function readSetting(): boolean {
  try {
    return localStorage.getItem(SETTING) !== 'off'
  } catch {
    return true
  }
}

export function useShortcutSetting(): [boolean, (on: boolean) => void] {
  const value = useSyncExternalStore(enabled.subscribe, enabled.get, () => true)
  useEffect(() => enabled.set(readSetting()), [])
  return [
    value,
    (on) => {
      enabled.set(on)
      try {
        localStorage.setItem(SETTING, on ? 'on' : 'off')
      } catch {
        // The choice then lasts as long as the page.
      }
    },
  ]
}

/**
 * Lets single keys act while nothing is being written and no dialog or menu is open. Keys are matched by what they type, and
 * where the keyboard types no Latin letters, by where they are.
 * @returns nothing; a handler that returns false leaves the key to the page
 */
export function useShortcuts(handlers: Readonly<Record<string, (event: KeyboardEvent) => unknown>>): void {
  const current = useRef(handlers)
  current.current = handlers
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if (!enabled.get() && event.key.length === 1) return
      if (isWriting(event.target) || document.querySelector('[role="dialog"], [role="menu"], [role="alertdialog"]')) return
      const handler = current.current[keyOf(event)]
      if (handler && handler(event) !== false) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

function keyOf(event: KeyboardEvent): string {
  if (event.key.length > 1 || /^[\x21-\x7e]$/.test(event.key)) return event.key.length === 1 ? event.key.toLowerCase() : event.key
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase()
  return letter ?? (event.code === 'Slash' && event.shiftKey ? '?' : event.key)
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
