import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { diaryOf, hearsOnce, holdScriptTagPages, TAG, untilLive } from '../support/script-tag-page'

// The part of the script tag that only several tabs of one shopper need.

const { held, open } = holdScriptTagPages()

/** The parts that it asks for, from now on, whether they come or not. */
const partsAsked = (page: Page): string[] => {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/cdn/')) asked.push(pathname.slice('/cdn/'.length))
  })
  return asked
}

const openAnother = async (first: Page, before: (page: Page) => unknown): Promise<Page> => {
  const page = await first.context().newPage()
  await before(page)
  await page.goto(held.server.url)
  await untilLive(page)
  return page
}

it('is not fetched by one that is alone; when another comes, both do, as the policy and its integrity allow', async () => {
  const asked: string[][] = []
  const note = (page: Page) => asked.push(partsAsked(page))
  const first = await open({ head: TAG }, note)
  await untilLive(first)
  await hearsOnce(held.server, first)
  expect(asked[0]).not.toContain('tabs.js')
  const second = await openAnother(first, note)
  await expect.poll(() => asked.map((parts) => parts.includes('tabs.js'))).toEqual([true, true])
  await expect.poll(() => held.server.sockets()).toBe(1)
  await hearsOnce(held.server, second)
  const [one, other] = await Promise.all([first, second].map(diaryOf))
  expect(one?.heard.slice(-2)).toEqual(other?.heard.slice(-2))
  expect([one?.violations, other?.violations]).toEqual([[], []])
  expect(held.chromium.complaints).toEqual([])
})

it('is fetched again where it could not be, and the tabs share from then on', async () => {
  let isBlocked = true
  const block = (page: Page) => page.route('**/cdn/tabs.js*', (route) => (isBlocked ? route.abort() : route.continue()))
  const first = await open({ head: TAG }, block)
  await untilLive(first)
  const second = await openAnother(first, block)
  await expect.poll(() => held.server.sockets()).toBe(2)
  await hearsOnce(held.server, second)
  isBlocked = false
  await expect.poll(() => held.server.sockets()).toBe(1)
  await hearsOnce(held.server, first)
  const [one, other] = await Promise.all([first, second].map(diaryOf))
  expect(one?.heard.slice(-4)).toEqual(other?.heard.slice(-4))
})
