import { deepStrictEqual as same } from 'node:assert'
import { script, TAG } from '../support/script-tag-site'
import type { Tab } from './driver'
import { type Given, isLive, openSite, type Scenario, until } from './scenario'

// The notice that the tag brings, under its strictest policy.

const BODY = `<h1>Your cart</h1><input id="voucher"><button id="pay">Check out</button>
<dialog id="delivery"><form method="dialog"><input id="where"><button>Save</button></form></dialog>`

const ROOT = "document.querySelector('cart-echo-notice')?.shadowRoot"
const OPEN = `${ROOT}?.querySelector('[part~="open"]')`
const DISMISS = `${ROOT}?.querySelector('button')`
const NEWS = 'New total: RM120.00'

/** It is there to be seen: the topmost thing in its own middle. */
const IS_SEEN = `(() => {
  const notice = ${OPEN}
  if (!notice?.checkVisibility()) return 'not shown'
  const { left, top, width, height } = notice.getBoundingClientRect()
  const [x, y] = [left + width / 2, top + height / 2]
  return (x >= 0 && y >= 0 && x < innerWidth && y < innerHeight && notice.contains(${ROOT}.elementFromPoint(x, y))) || [left, top, width, height]
})()`

/** What screen readers are told of it: the words of every live region, in shadow roots too. */
const SAID = `(() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map(({ shadowRoot }) => shadowRoot).filter(Boolean)]
  return roots.flatMap((root) => [...root.querySelectorAll('[role="status"], [aria-live]')]).map(({ textContent }) => textContent).join(' ')
})()`

/** A cart page that is live, with the focus in a field. */
const openCart = async (given: Given) => {
  const site = await openSite(given, { page: { head: TAG, body: BODY } })
  const tab = await given.browser.open(site.url)
  await isLive(tab)
  await tab.click("document.querySelector('#voucher')")
  await until(tab, 'the field has the focus', "document.activeElement.id === 'voucher'")
  return { site, tab }
}

const isShown = async (tab: Tab): Promise<void> => {
  await until(tab, 'the notice is seen', IS_SEEN)
  await until(tab, 'it says the news', `${OPEN}.textContent.includes(${JSON.stringify(NEWS)}) || ${OPEN}.textContent`)
}

const isGone = (tab: Tab): Promise<void> => until(tab, 'the notice is gone', `!${OPEN}?.checkVisibility()`)

const hasFocus = async (tab: Tab, id: string): Promise<void> =>
  same(await tab.evaluate('document.activeElement.id'), id)

const byMouse: Scenario = {
  name: 'the notice is seen, takes no focus, is said by a live region, and is dismissed by the mouse',
  run: async (given) => {
    const { site, tab } = await openCart(given)
    site.shop.removeFromAll('raya-sale')
    await isShown(tab)
    await until(tab, 'a live region says it', `${SAID}.includes(${JSON.stringify(NEWS)}) || ${SAID}`)
    await hasFocus(tab, 'voucher')
    await given.picture(tab, 'notice')
    await tab.click(DISMISS)
    await isGone(tab)
    site.shop.applyToAll('raya-sale')
    await until(tab, 'it is seen again', IS_SEEN)
    same(await tab.evaluate('[diary.violations, notes.complaints]'), [[], []])
  },
}

const byKeyboard: Scenario = {
  name: 'the notice is reached and dismissed by the keyboard, which has the focus back where it was',
  run: async (given) => {
    const { site, tab } = await openCart(given)
    await tab.evaluate("document.querySelector('#pay').focus() ?? null")
    site.shop.removeFromAll('raya-sale')
    await isShown(tab)
    // Outside of it, Escape is the page's own.
    await tab.press('Escape')
    await until(tab, 'it is still seen', IS_SEEN)
    await tab.press('Tab')
    await until(tab, 'Dismiss has the focus', `${DISMISS}.matches(':focus') || document.activeElement.localName`)
    await tab.press('Enter')
    await isGone(tab)
    await hasFocus(tab, 'pay')
  },
}

const inDialog: Scenario = {
  name: 'the notice is seen over a modal dialog, can be clicked there, and leaves the dialog open',
  run: async (given) => {
    const { site, tab } = await openCart(given)
    await tab.evaluate("document.querySelector('#delivery').showModal() ?? null")
    await tab.click("document.querySelector('#where')")
    site.shop.removeFromAll('raya-sale')
    await isShown(tab)
    await hasFocus(tab, 'where')
    await given.picture(tab, 'notice-dialog')
    await tab.click(DISMISS)
    await isGone(tab)
    same(await tab.evaluate("document.querySelector('#delivery').open"), true)
  },
}

const styled: Scenario = {
  name: 'the notice has its styles under a policy without any, on a dark page that reads from right to left',
  run: async (given) => {
    const { site, tab } = await openCart(given)
    await tab.evaluate(`(() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(':root { color-scheme: dark; background: #111; color: #eee }')
      document.adoptedStyleSheets = [sheet]
      document.documentElement.dir = 'rtl'
    })() ?? null`)
    site.shop.removeFromAll('raya-sale')
    await isShown(tab)
    const [light, height] = await tab.evaluate<[number, number]>(`(() => {
      const channels = getComputedStyle(${OPEN}).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)
      return [channels.reduce((sum, one) => sum + one, 0) / 3, ${DISMISS}.getBoundingClientRect().height]
    })()`)
    same([light < 64, height >= 44], [true, true], `It is ${light} light, and its button ${height} high.`)
    await given.picture(tab, 'notice-dark')
  },
}

const inOldBrowser: Scenario = {
  name: 'the notice of a browser without popovers, style sheets of scripts and checkVisibility is there, and is dismissed',
  run: async (given) => {
    const bare = `for (const name of ['popover', 'showPopover']) delete HTMLElement.prototype[name]
      delete Element.prototype.checkVisibility
      globalThis.CSSStyleSheet = class { constructor() { throw new TypeError('Illegal constructor') } }`
    const site = await openSite(given, { page: { head: script('bare.js', '') + TAG, files: { 'bare.js': bare } } })
    const tab = await given.browser.open(site.url)
    await isLive(tab)
    site.shop.removeFromAll('raya-sale')
    const isThere = `${OPEN}?.getBoundingClientRect().height > 0 && ${OPEN}.textContent.includes(${JSON.stringify(NEWS)})`
    await until(tab, 'it is there', isThere)
    await tab.click(DISMISS)
    await until(tab, 'it is gone', `!(${isThere})`)
    same(await tab.evaluate('[diary.violations, notes.complaints]'), [[], []])
  },
}

/** What the shopper sees and is told. */
export const NOTICE_SCENARIOS: readonly Scenario[] = [byMouse, byKeyboard, inDialog, styled, inOldBrowser]
