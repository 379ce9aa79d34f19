import type { Dialogue } from './dialogues.ts'

export interface DemoNumber {
  phoneNumberId: string
  wabaId: string
  displayNumber: string
  name: string
  accessToken: string
}

export interface DemoTenant {
  slug: string
  name: string
  locale: 'en' | 'ar' | 'id'
  timeZone: string
  languages: readonly Dialogue['language'][]
  conversations: number
  /** Where in the people and dialogues this workspace begins, so that no two look alike. */
  offset: number
  people: readonly { name: string; email: string; role: 'admin' | 'agent' }[]
  numbers: readonly Omit<DemoNumber, 'accessToken'>[]
}

/** The two workspaces of the demo. The first login of the first one is what `npm start` prints. */
export const DEMO_TENANTS: readonly DemoTenant[] = [
  {
    slug: 'kopi-nusantara',
    name: 'Kopi Nusantara',
    locale: 'en',
    timeZone: 'Asia/Jakarta',
    languages: ['id', 'en', 'ar'],
    conversations: 340,
    offset: 0,
    people: [
      { name: 'Dina Pertiwi', email: 'dina@kopi.example', role: 'agent' },
      { name: 'Andi Wirawan', email: 'andi@kopi.example', role: 'admin' },
      { name: 'Sara Hassan', email: 'sara@kopi.example', role: 'agent' },
    ],
    numbers: [
      { phoneNumberId: '106540352242922', wabaId: '102290129340398', displayNumber: '+62 812 9000 1000', name: 'Kopi Nusantara: shop' },
      {
        phoneNumberId: '106540352242923',
        wabaId: '102290129340398',
        displayNumber: '+62 812 9000 2000',
        name: 'Kopi Nusantara: wholesale',
      },
    ],
  },
  {
    slug: 'bayt-al-tamr',
    name: 'Bayt Al Tamr · بيت التمر',
    locale: 'ar',
    timeZone: 'Asia/Dubai',
    languages: ['ar', 'en'],
    conversations: 180,
    offset: 400,
    people: [
      { name: 'ليلى منصور', email: 'layla@tamr.example', role: 'agent' },
      { name: 'عمر الهاشمي', email: 'omar@tamr.example', role: 'admin' },
    ],
    numbers: [{ phoneNumberId: '107650463353033', wabaId: '103301230451409', displayNumber: '+971 4 555 0100', name: 'بيت التمر' }],
  },
]
