import { expect, test } from 'vitest'
import { failures } from '#platform/failures.ts'
import { LANGUAGES, type Language } from './languages.ts'
import ar from './locales/ar/index.ts'
import en from './locales/en/index.ts'
import id from './locales/id/index.ts'

const catalogues: Record<Language, unknown> = { en, ar, id }
const PLURAL = /_(zero|one|two|few|many|other)$/

/** Every text with its path, such as `thread.details.title`. */
function textsOf(value: unknown, path: string[] = []): [string, string][] {
  if (typeof value === 'string') return [[path.join('.'), value]]
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, [...path, key]))
}

const keysOf = (language: Language) => textsOf(catalogues[language]).map(([key]) => key)
const holesOf = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort()

test.each(LANGUAGES)('%s says everything that English says, and nothing else', (language) => {
  const bare = (of: Language) => [...new Set(keysOf(of).map((key) => key.replace(PLURAL, '')))].sort()
  expect(bare(language)).toEqual(bare('en'))
})

test.each(LANGUAGES)('%s has exactly the plural forms of its grammar', (language) => {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  const counted = [
    ...new Set(
      keysOf('en')
        .filter((key) => PLURAL.test(key))
        .map((key) => key.replace(PLURAL, '')),
    ),
  ]
  const keys = new Set(keysOf(language))
  for (const key of counted) {
    const present = ['zero', 'one', 'two', 'few', 'many', 'other'].filter((form) => keys.has(`${key}_${form}`))
    expect({ key, forms: present.sort() }).toEqual({ key, forms: [...forms].sort() })
  }
})

test.each(LANGUAGES)('%s leaves no place for a value empty and invents none', (language) => {
  const english = new Map(textsOf(en).map(([key, text]) => [key.replace(PLURAL, ''), holesOf(text)]))
  for (const [key, text] of textsOf(catalogues[language])) {
    const expected = english.get(key.replace(PLURAL, '')) ?? []
    // A form for one or two may write the number as a word.
    const needed = PLURAL.test(key) ? expected.filter((hole) => hole !== '{{count}}') : expected
    expect({ key, holes: holesOf(text).filter((hole) => (PLURAL.test(key) ? hole !== '{{count}}' : true)) }).toEqual({ key, holes: needed })
    expect({ key, isEmpty: text.trim() === '' }).toEqual({ key, isEmpty: false })
  }
})

test.each(['ar', 'id'] as const)('%s is translated', (language) => {
  const english = new Map(textsOf(en))
  const same = textsOf(catalogues[language]).filter(
    ([key, text]) => english.get(key) === text && /\p{L}{4,}/u.test(text.replace(/\{\{\w+\}\}/g, '')),
  )
  // Words that are the same in both: names, and those Indonesian took over.
  expect(same.map(([key]) => key).filter((key) => !/product|\.(email|emoji|status|label|video|audio)$/.test(key))).toEqual(
    language === 'id' ? ['thread.order_total'] : [],
  )
})

test('every failure a use case can answer with has words for the person', () => {
  expect(Object.keys(failures).filter((code) => !(code in en.refusals))).toEqual([])
})
