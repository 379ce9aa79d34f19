/** One event of a `text/event-stream` (HTML standard, section 9.2.6). */
export interface StreamEvent {
  id: string | null
  data: string
}

/**
 * Reads `text/event-stream` as it arrives, in pieces cut anywhere. Comments and event names are left out: our frames carry
 * their type inside.
 */
export function createEventReader(): (piece: string) => StreamEvent[] {
  let rest = ''
  let id: string | null = null
  let data: string[] = []
  return (piece) => {
    const events: StreamEvent[] = []
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ id, data: data.join('\n') })
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'data') data.push(value)
      else if (field === 'id') id = value
    }
    return events
  }
}
