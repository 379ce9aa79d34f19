import { expect, test } from 'vitest'
import { chooseLanguage } from './languages.ts'

test.each([
  ['what was chosen in this browser', { cookie: 'ar', user: 'id', acceptLanguage: 'en' }, 'ar'],
  ['what the person settled on', { cookie: null, user: 'id', acceptLanguage: 'en' }, 'id'],
  ['what the browser likes best', { cookie: null, user: null, acceptLanguage: 'fr, en;q=0.5, ar-EG;q=0.8' }, 'ar'],
  ['the old word for Indonesian', { cookie: null, user: null, acceptLanguage: 'in-ID' }, 'id'],
  ['English when nothing fits', { cookie: 'xx', user: 'klingon', acceptLanguage: 'fr, id;q=0' }, 'en'],
  ['English when nothing is said', { cookie: null, user: null, acceptLanguage: null }, 'en'],
])('the language is %s', (_why, wishes, language) => {
  expect(chooseLanguage(wishes)).toBe(language)
})
