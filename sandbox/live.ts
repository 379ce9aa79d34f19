import { randomBytes } from 'node:crypto'

/** What changed in one chat, for the phones that show it. */
export type LiveEvent = { type: 'message'; wamid: string } | { type: 'typing'; untilMs: number } | { type: 'people' }

/** One open phone page and what it looks at. */
export interface Viewer {
  phoneNumberId: string
  customerId: string
  /** The page is in front of a person's eyes. */
  visible: boolean
  send(event: LiveEvent): void
  /** The sandbox stops. */
  end(): void
}

/** The phone pages that are open. */
export class Live {
  private readonly viewers = new Map<string, Viewer>()

  /** @returns the viewer's id, by which the page says later whether somebody looks */
  join(viewer: Viewer): string {
    const id = randomBytes(8).toString('hex')
    this.viewers.set(id, viewer)
    return id
  }

  leave(id: string): void {
    this.viewers.delete(id)
  }

  find(id: string): Viewer | undefined {
    return this.viewers.get(id)
  }

  publish(phoneNumberId: string, customerId: string, event: LiveEvent): void {
    for (const viewer of this.viewers.values()) {
      const mine = viewer.customerId === customerId && viewer.phoneNumberId === phoneNumberId
      if (mine) viewer.send(event)
      if (event.type === 'message') viewer.send({ type: 'people' })
    }
  }

  /** The list of people, or what stands in it, changed for everybody. */
  refresh(): void {
    for (const viewer of this.viewers.values()) viewer.send({ type: 'people' })
  }

  /** Somebody sees this chat right now. */
  isWatched(phoneNumberId: string, customerId: string): boolean {
    return this.some((viewer) => viewer.visible && viewer.customerId === customerId && viewer.phoneNumberId === phoneNumberId)
  }

  /** Somebody has this person's phone open, in whatever chat and in whatever tab: then nothing is read by itself. */
  isHeld(customerId: string): boolean {
    return this.some((viewer) => viewer.customerId === customerId)
  }

  close(): void {
    for (const viewer of this.viewers.values()) viewer.end()
    this.viewers.clear()
  }

  private some(test: (viewer: Viewer) => boolean): boolean {
    for (const viewer of this.viewers.values()) if (test(viewer)) return true
    return false
  }
}
