import { raw } from 'hono/html'

/** One sprite for the page; scripts point to its symbols by `#i-<name>`. Drawn on a 24 by 24 grid. */
const SHAPES: Readonly<Record<string, string>> = {
  send: '<path d="M4 12 3 4.6a.8.8 0 0 1 1.1-.8l16.4 7.5a.8.8 0 0 1 0 1.4L4.1 20.2a.8.8 0 0 1-1.1-.8zM4 12h8"/>',
  emoji: '<circle cx="12" cy="12" r="9"/><path d="M8.5 14.5a4.3 4.3 0 0 0 7 0M9 9.5h.01M15 9.5h.01"/>',
  attach: '<path d="M12 5v14M5 12h14"/>',
  menu: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  close: '<path d="M6 6l12 12M18 6 6 18"/>',
  more: '<path d="m7 10 5 5 5-5"/>',
  photo: '<rect x="3.5" y="5" width="17" height="14" rx="2.5"/><circle cx="9" cy="10" r="1.6"/><path d="m5 17 4.5-4 3 2.5 3-3.5 4 5"/>',
  document: '<path d="M7 3.5h7l4 4v13H7zM14 3.5v4h4M9.5 12h6M9.5 16h6"/>',
  voice: '<rect x="9" y="3.5" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>',
  sticker: '<path d="M20 12.5A8.5 8.5 0 1 1 11.5 4c0 5 3.5 8.5 8.5 8.5zM11.5 4 20 12.5"/>',
  location: '<path d="M12 21c4.5-4.6 6.8-8 6.8-11a6.8 6.8 0 1 0-13.6 0c0 3 2.3 6.4 6.8 11z"/><circle cx="12" cy="10" r="2.4"/>',
  contact: '<circle cx="12" cy="8.5" r="3.7"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>',
  reply: '<path d="m9 7-5 5 5 5M4 12h9a6 6 0 0 1 6 6v1"/>',
  edit: '<path d="m5 19 1-4.5L16.5 4 20 7.5 9.5 18z"/>',
  delete: '<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7"/>',
  link: '<path d="M14 5h5v5M19 5l-8 8M10 6H5.5v12.5H18V14"/>',
  phone: '<path d="M6 4h3l1.5 4.5L8.5 10a12 12 0 0 0 5.5 5.5l1.5-2L20 15v3a2 2 0 0 1-2 2C10.5 20 4 13.5 4 6a2 2 0 0 1 2-2z"/>',
  copy: '<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5V6a1.5 1.5 0 0 0-1.5-1.5H6A1.5 1.5 0 0 0 4.5 6v8A1.5 1.5 0 0 0 6 15.5h2.5"/>',
  list: '<path d="M9 7h11M9 12h11M9 17h11M4.5 7h.01M4.5 12h.01M4.5 17h.01"/>',
  clock: '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
  tick: '<path d="m5 12.5 4.5 4.5L19 7"/>',
  ticks: '<path d="m1.5 13 4 4L14 7.5M10.8 15.4l1.7 1.6L21 7.5"/>',
  plus: '<circle cx="12" cy="8.5" r="3.7"/><path d="M4.5 20a7.5 7.5 0 0 1 11-6.6M18 15v6M15 18h6"/>',
  off: '<path d="M12 3.5v8M7 6.5a7.5 7.5 0 1 0 10 0"/>',
}

export function sprite() {
  const symbols = Object.entries(SHAPES).map(([name, shape]) => `<symbol id="i-${name}" viewBox="0 0 24 24">${shape}</symbol>`)
  return raw(`<svg class="sprite" aria-hidden="true">${symbols.join('')}</svg>`)
}

export function icon(name: string) {
  return raw(`<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`)
}
