import {
  Camera,
  CircleHelp,
  Contact,
  FileText,
  type LucideIcon,
  MapPin,
  Mic,
  MousePointerClick,
  Music,
  ScrollText,
  ShoppingBag,
  Sticker,
  Video,
} from 'lucide-react'
import type { ContentKind } from '#channels/connector.ts'

const ICONS: Partial<Record<ContentKind, LucideIcon>> = {
  image: Camera,
  video: Video,
  audio: Music,
  voice: Mic,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  interactive: MousePointerClick,
  button: MousePointerClick,
  list: MousePointerClick,
  template: ScrollText,
  order: ShoppingBag,
  unsupported: CircleHelp,
}

/** What kind of message, at a glance; nothing for plain words. */
export function KindIcon({ kind, className }: { kind: string | null; className?: string }) {
  const Icon = kind !== null && Object.hasOwn(ICONS, kind) ? ICONS[kind as ContentKind] : undefined
  return Icon ? <Icon aria-hidden className={className} /> : null
}
