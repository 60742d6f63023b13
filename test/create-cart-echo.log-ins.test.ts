import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { createCartEchoIn } from '../src/create-cart-echo'
import * as several from '../src/tabs/tabs'
import { openFakeBrowser } from './support/fake-browser'
import { fakeEcho } from './support/fake-echo'
import { fakeEnvironment } from './support/fake-environment'
import { logSays } from './support/open-cart'
import { at } from './support/payloads'

/** A browser in which one customer at a time is logged in, as its cookies say. */
const openBrowser = ({ isBare = false, drawn = 0 } = {}) => {
  let draws = drawn
  const clock = fakeEnvironment({
    random: () => {
      draws += 1
      return (draws * 0.618) % 1
    },
  })
  const browser = openFakeBrowser(clock)
  const asked: string[] = []
  let loggedIn: number | null = 1
  const answering = async (address: unknown) => {
    const url = new URL(String(address))
    asked.push(`${url.pathname} for ${loggedIn}`)
    if (isBare) return Response.json({ updated: false, message: null })
    return loggedIn === null ? Response.json({}, { status: 401 }) : logSays(url, { owner: `owner ${loggedIn}` })
  }
  const open = (user: number, { check = 'https://shop.test/check', isVisible = true, says = true } = {}) => {
    loggedIn = user
    const tab = browser.open({ isVisible })
    const echo = fakeEcho('connected')
    const cart = createCartEchoIn(
      tab.environment,
      {
        user,
        ...(says ? { owner: `owner ${user}`, cursor: 'e1:0' } : {}),
        connect: connectEcho(echo),
        target: null,
        check: { url: check, fetch: answering as typeof fetch },
        onError: () => undefined,
      },
      () => tab.ports,
      async () => several,
    )
    cart.start()
    return { tab, cart, echo, live: () => echo.confirm(`App.Models.User.${user}`) }
  }
  return {
    browser,
    open,
    asked,
    pass: (ms: number) => clock.advanceTurnByTurn(ms),
    logOut: () => {
      loggedIn = null
    },
  }
}

describe('when another customer logs in in another tab, a page', () => {
  it('asks at once, and tells and shows no more of the customer before', async () => {
    const { open, asked, pass } = openBrowser()
    const first = open(1)
    await pass(100)
    first.live()
    await pass(1_000)
    first.echo.send(at(1), undefined, 'App.Models.User.1')
    expect(first.cart.news.get().unread).toHaveLength(1)
    const before = asked.length
    const second = open(2)
    await pass(1_000)
    expect(first.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    expect(first.cart.news.get().unread).toEqual([])
    second.live()
    await pass(5_000)
    expect(second.cart.connection.get().name).toBe('live')
    expect(asked.slice(before).filter((one) => one.endsWith('for 2')).length).toBeLessThan(4)
    first.cart.stop()
    second.cart.stop()
    expect([first.tab.left(), second.tab.left()]).toEqual([NOTHING, NOTHING])
  })

  it('that nobody looks at asks when somebody does', async () => {
    const { open, pass } = openBrowser()
    const first = open(1)
    await pass(100)
    first.live()
    await pass(1_000)
    first.tab.signal('hidden')
    open(2)
    await pass(60_000)
    expect(first.cart.connection.get().name).toBe('live')
    first.tab.signal('visible')
    await pass(100)
    expect(first.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
  })

  it.each([
    ['of another shop of the same origin', { second: { check: 'https://shop.test/other/check' }, bare: false }],
    ['whose check names nobody, and would answer for the other', { second: { says: false }, bare: true }],
  ])('%s asks nothing', async (_whose, { second, bare }) => {
    const { open, asked, pass } = openBrowser({ isBare: bare })
    const first = open(1, { says: !bare })
    await pass(100)
    first.live()
    await pass(5_000)
    const before = asked.length
    open(2, second).live()
    await pass(1_000)
    expect(asked.slice(before).filter((one) => one.startsWith('/check'))).toHaveLength(bare ? 1 : 0)
    expect(first.cart.connection.get().name).toBe('live')
  })

  it('of the same customer asks nothing', async () => {
    const { open, asked, pass } = openBrowser()
    open(1)
    await pass(1_000)
    const before = asked.length
    open(1)
    await pass(1_000)
    expect(asked).toHaveLength(before)
  })
})

describe('other code of this origin that says without a pause that somebody has logged in', () => {
  it('has the check asked every 10 s at most, and once more after its last word', async () => {
    const { open, asked, pass, browser } = openBrowser()
    const first = open(1)
    await pass(100)
    first.live()
    await pass(15_000)
    const before = asked.length
    const line = browser.open().ports.openBus('cart-echo/log-ins https://shop.test/check', () => undefined)
    for (let count = 0; count < 300; count += 1) {
      line.post({ user: `${count}` })
      await pass(100)
    }
    await pass(15_000)
    expect(asked.length - before).toBeGreaterThanOrEqual(3)
    expect(asked.length - before).toBeLessThanOrEqual(5)
    expect(first.cart.connection.get().name).toBe('live')
    first.cart.stop()
    expect(first.tab.left()).toEqual(NOTHING)
  })
})

describe('a new tab of a customer who has logged in again', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'never says that the session is over, though the tab that leads still does (%i)',
    async (drawn) => {
      const { open, pass, logOut } = openBrowser({ drawn })
      const first = open(1)
      await pass(100)
      first.live()
      await pass(5_000)
      logOut()
      first.tab.signal('navigated')
      await pass(20_000)
      expect(first.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'session-over' })
      const states: string[] = []
      const second = open(1)
      second.cart.connection.subscribe(({ reason }) => states.push(reason))
      await pass(100)
      second.live()
      await pass(5_000)
      expect(states).not.toContain('session-over')
      expect(second.cart.connection.get().name).toBe('live')
      expect(first.cart.connection.get().name).toBe('live')
    },
  )
})

const NOTHING = { timers: 0, listeners: 0, lines: 0 }
