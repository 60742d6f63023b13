import { describe, expect, it, onTestFinished } from 'vitest'
import { partsOf } from '../src/testing/browser'
import { createFakeBrowser, createFakeCart, type FakeCart, type FakeCartOptions } from '../src/testing/testing'

/** A browser in which one customer at a time is logged in, as its cookies say. */
const openBrowser = ({ log = true, drawn = 0 } = {}) => {
  let draws = drawn
  const random = (): number => {
    draws += 1
    return (draws * 0.618) % 1
  }
  const browser = createFakeBrowser({ log, random })
  const fakes: FakeCart[] = []
  const make = (user: number, more: FakeCartOptions = {}): { fake: FakeCart; states: string[] } => {
    browser.shop.logIn(`owner ${user}`)
    const fake = createFakeCart({ browser, user, target: null, ...more })
    const states: string[] = []
    fake.cart.connection.subscribe(({ reason }) => states.push(reason))
    fakes.push(fake)
    return { fake, states }
  }
  const open = async (user: number, more?: FakeCartOptions): Promise<FakeCart> => {
    const { fake } = make(user, more)
    fake.cart.start()
    await fake.settle()
    return fake
  }
  onTestFinished(() => {
    for (const fake of fakes) fake.close()
    expect(fakes.map(({ pending }) => pending)).toEqual(fakes.map(() => NOTHING))
  })
  return { browser, make, open, asked: browser.shop.asked }
}

const stateOf = ({ cart }: FakeCart): string => `${cart.connection.get().name}: ${cart.connection.get().reason}`

describe('when another customer logs in in another tab, a page', () => {
  it('asks at once, and tells and shows no more of the customer before', async () => {
    const { open, asked } = openBrowser()
    const first = await open(1)
    first.broadcast()
    expect(first.cart.news.get().unread).toHaveLength(1)
    const before = asked.length
    const second = await open(2)
    expect(stateOf(first)).toBe('refused: other-user')
    expect(first.cart.news.get().unread).toEqual([])
    await second.advance(5_000)
    expect(stateOf(second)).toBe('live: subscribed')
    expect(asked.length - before).toBeLessThan(4)
  })

  it('that nobody looks at asks when somebody does', async () => {
    const { open } = openBrowser()
    const first = await open(1)
    first.page('hidden')
    await open(2)
    await first.advance(60_000)
    expect(stateOf(first)).toBe('live: subscribed')
    first.page('visible')
    await first.settle()
    expect(stateOf(first)).toBe('refused: other-user')
  })

  it('of another shop of the same origin asks nothing', async () => {
    const { open, asked } = openBrowser()
    const first = await open(1)
    const before = asked.length
    await open(2, { check: { url: '/other/check' } })
    // What the other page asks for itself.
    expect(asked.slice(before).map(({ owner }) => owner)).toEqual(['owner 2'])
    expect(stateOf(first)).toBe('live: subscribed')
  })

  it('whose check names nobody, and would answer for the other, asks nothing', async () => {
    const { open, asked } = openBrowser({ log: false })
    const first = await open(1)
    const before = asked.length
    await open(2)
    expect(asked).toHaveLength(before + 1)
    expect(stateOf(first)).toBe('live: subscribed')
  })

  it('of the same customer asks nothing', async () => {
    const { open, asked } = openBrowser()
    await open(1)
    const before = asked.length
    await open(1)
    expect(asked).toHaveLength(before)
  })
})

describe('other code of this origin that says without a pause that somebody has logged in', () => {
  it('has the check asked every 10 s at most, and once more after its last word', async () => {
    const { browser, open, asked } = openBrowser()
    const first = await open(1)
    await first.advance(15_000)
    const before = asked.length
    const { ports } = partsOf(browser).openTab()
    const line = ports.openBus('cart-echo/log-ins /api/cart/check-updates', () => undefined)
    for (let count = 0; count < 300; count += 1) {
      line.post({ user: `${count}` })
      await first.advance(100)
    }
    await first.advance(15_000)
    expect(asked.length - before).toBeGreaterThanOrEqual(3)
    expect(asked.length - before).toBeLessThanOrEqual(5)
    expect(stateOf(first)).toBe('live: subscribed')
  })

  it('is no longer heard by a page that is stopped, also where it was about to ask', async () => {
    const { browser, open, asked } = openBrowser()
    const first = await open(1)
    const { ports } = partsOf(browser).openTab()
    const line = ports.openBus('cart-echo/log-ins /api/cart/check-updates', () => undefined)
    for (let count = 0; count < 3; count += 1) {
      line.post({ user: `${count}` })
      await first.advance(100)
    }
    const before = asked.length
    first.cart.stop()
    expect(first.pending).toEqual(NOTHING)
    await first.advance(60_000)
    expect(asked).toHaveLength(before)
  })
})

describe('a new tab of a customer who has logged in again', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'never says that the session is over, though the tab that leads still does (%i)',
    async (drawn) => {
      const { make, open } = openBrowser({ drawn })
      const first = await open(1)
      await first.advance(5_000)
      first.logOut()
      first.page('navigated')
      await first.advance(20_000)
      expect(stateOf(first)).toBe('refused: session-over')
      const { fake: other, states } = make(1)
      other.cart.start()
      await other.advance(5_000)
      expect(states).not.toContain('session-over')
      expect([stateOf(other), stateOf(first)]).toEqual(['live: subscribed', 'live: subscribed'])
    },
  )
})

const NOTHING = { timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 }
