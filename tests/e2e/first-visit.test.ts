import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchBrowser } from '#tests/setup/browser.ts'
import { readDemoOf } from '#tests/setup/product.ts'

/**
 * A stranger's first visit in twenty steps, by keyboard alone: they type `npm start`, open the printed address, and answer a
 * customer. Each step stands on the one before.
 */
const { url, dataDir } = inject('product')
const question = `Hi, where is my order? ${Math.random().toString(36).slice(2, 8)}`
const answer = `It is on the van, due at four. ${Math.random().toString(36).slice(2, 8)}`

let browser: Browser
let context: BrowserContext
let inbox: Page
let phone: Page
const problems: string[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  context.setDefaultTimeout(20_000)
  inbox = await context.newPage()
  inbox.on('pageerror', (error) => problems.push(error.message))
})
afterAll(async () => {
  await browser?.close()
})

async function expectNoAxeProblems(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual(
    [],
  )
}

const rowWith = (text: string) => inbox.locator('[data-conversation]').filter({ hasText: text }).first()
const thread = () => inbox.getByRole('region', { name: /Messages with/ })
const bubble = (page: Page, text: string) => page.getByText(text).last()

test('1. the printed address asks who is there', async () => {
  await inbox.goto(url)
  await inbox.waitForURL(/\/login/)
  expect(await inbox.title()).toContain('Weft')
})

test('2. the sign-in page is clean for assistive tools', () => expectNoAxeProblems(inbox))

test('3. a wrong password is refused in words, and nothing is lost', async () => {
  const [login] = readDemoOf(dataDir).logins
  await inbox.getByLabel('Email').focus()
  await inbox.keyboard.type(login?.email ?? '')
  await inbox.keyboard.press('Tab')
  await inbox.keyboard.type('not the password')
  await inbox.keyboard.press('Enter')
  await inbox.getByText('Email or password is not right').waitFor()
  expect(await inbox.getByLabel('Email').inputValue()).toBe(login?.email)
})

test('4. the printed login opens the inbox', async () => {
  const [login] = readDemoOf(dataDir).logins
  await inbox.getByLabel('Password', { exact: true }).fill(login?.password ?? '')
  await inbox.keyboard.press('Enter')
  await inbox.waitForURL(/\/inbox/)
  await inbox.goto(`${url}/inbox?view=all&status=open`)
  expect(await inbox.locator('[data-conversation]').count()).toBeGreaterThan(5)
})

test('5. the inbox is clean for assistive tools', () => expectNoAxeProblems(inbox))

test('6. the customer’s phone opens in a second tab, ready to write', async () => {
  phone = await context.newPage()
  await phone.goto(`${url}/sandbox/phone`)
  await phone.locator('#text').waitFor()
  await expectNoAxeProblems(phone)
})

test('7. the customer asks', async () => {
  await phone.locator('#text').focus()
  await phone.keyboard.type(question)
  await phone.keyboard.press('Enter')
  await bubble(phone, question).waitFor()
})

test('8. the question appears in the inbox without a reload', async () => {
  await rowWith(question).waitFor()
})

test('9. Enter on its row opens the conversation', async () => {
  await inbox.bringToFront()
  await rowWith(question).focus()
  await inbox.keyboard.press('Enter')
  await inbox.waitForURL(/\/inbox\/cnv_/)
  await inbox.getByRole('textbox', { name: 'Write a reply' }).waitFor()
})

test('10. the conversation is clean for assistive tools', () => expectNoAxeProblems(inbox))

test('11. R and Enter answer', async () => {
  await inbox.keyboard.press('r')
  await inbox.keyboard.type(answer)
  await inbox.keyboard.press('Enter')
  await bubble(inbox, answer).waitFor()
})

test('12. the answer reaches the customer', async () => {
  await bubble(phone, answer).waitFor()
})

test('13. its ticks go on to read, and it stands there once', async () => {
  await phone.bringToFront()
  await inbox.locator('[data-delivery="read"]').last().waitFor()
  await inbox.bringToFront()
  expect(await thread().getByText(answer).count()).toBe(1)
})

test('14. the customer’s next question appears in the open conversation', async () => {
  await phone.locator('#text').fill(`${question} again`)
  await phone.locator('#text').press('Enter')
  await thread().getByText(`${question} again`).waitFor()
})

test('15. E resolves the conversation, and again E reopens it', async () => {
  await inbox.bringToFront()
  // The text field still has the focus; Escape leaves it.
  await inbox.keyboard.press('Escape')
  await inbox.keyboard.press('e')
  await inbox.getByRole('button', { name: 'Reopen' }).first().waitFor()
  await inbox.keyboard.press('e')
  await inbox.getByRole('button', { name: 'Resolve' }).first().waitFor()
})

test('16. a reload shows the same', async () => {
  await inbox.reload()
  await thread().getByText(answer).waitFor()
  expect(await thread().getByText(answer).count()).toBe(1)
})

test('17. on a small phone the conversation fits, and back leads to the list', async () => {
  await inbox.setViewportSize({ width: 360, height: 740 })
  await inbox.getByRole('textbox', { name: 'Write a reply' }).waitFor()
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await inbox.getByRole('link', { name: 'Back' }).first().press('Enter')
  await rowWith(question).waitFor()
  expect(await inbox.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await inbox.setViewportSize({ width: 1440, height: 900 })
})

test('18. in Arabic everything runs from right to left, and stays clean', async () => {
  await context.addCookies([{ name: 'weft_language', value: 'ar', url }])
  await inbox.goto(`${url}/inbox?view=all&status=open`)
  expect(await inbox.locator('html').getAttribute('dir')).toBe('rtl')
  expect(await inbox.locator('html').getAttribute('lang')).toBe('ar')
  await expectNoAxeProblems(inbox)
})

test('19. an address that leads nowhere says so', async () => {
  await context.addCookies([{ name: 'weft_language', value: 'en', url }])
  const answered = await inbox.goto(`${url}/no-such-page`)
  expect(answered?.status()).toBe(404)
  await inbox.getByText('There is nothing here').waitFor()
})

test('20. nothing broke in the browser on the way', () => {
  expect(problems).toEqual([])
})
