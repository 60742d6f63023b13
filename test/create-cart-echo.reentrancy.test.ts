import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { createCartEchoIn } from '../src/create-cart-echo'
import type { TabPorts } from '../src/engine/environment'
import * as several from '../src/tabs/tabs'
import { openFakeBrowser } from './support/fake-browser'
import { fakeEcho } from './support/fake-echo'
import { fakeEnvironment } from './support/fake-environment'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

// What a page does from within what it is told.

describe('a page that says anew who looks, while it is told', () => {
  it.each(['connection', 'onError'] as const)(
    'that the channel is refused, is not refused by that once more: %s',
    async (how) => {
      let count = 0
      const again = () => {
        count += 1
        if (count < 100) cart.identify({ user: 1 })
      }
      const { cart, echo, pass } = openCart(how === 'onError' ? { onError: again } : {})
      if (how === 'connection') cart.connection.subscribe(({ name }) => name === 'refused' && again())
      echo.become('connected')
      echo.refuse({ status: 403 })
      await pass(10)
      expect(count).toBe(1)
      echo.confirm()
      expect(cart.connection.get().name).toBe('live')
      cart.stop()
      await pass(10)
      expect(echo.bound()).toBe(0)
    },
  )

  it('a change, is not told it again by the same broadcast', async () => {
    const { cart, echo, heard, goLive, pass } = openCart()
    let count = 0
    cart.on('cart.conditions.changed', () => {
      count += 1
      if (count < 100) cart.identify({ user: 1, owner: `owner ${count}` })
    })
    goLive()
    echo.send(change({}, 'once'))
    await pass(10)
    expect([count, heard.length]).toEqual([1, 1])
    echo.send(change({}, 'twice'))
    await pass(10)
    expect(heard).toHaveLength(2)
    cart.stop()
  })

  it('and asks elsewhere, asks there, though a listener says the same in between', async () => {
    const { cart, asked, echo, goLive, pass } = openCart({ owner: 'mine', cursor: 'e1:1' }, (url) => logSays(url, {}))
    goLive()
    await pass(3_000)
    echo.send(at(3))
    const elsewhere = (cursor: string) =>
      cart.identify({ user: 1, owner: 'mine', cursor, check: 'https://shop.test/b' })
    let isFirst = true
    cart.on('cart.conditions.changed', () => {
      if (isFirst) elsewhere('e1:3')
      isFirst = false
    })
    elsewhere('e1:2')
    await pass(1_000)
    await cart.check({ refresh: false })
    expect(asked.at(-1)?.pathname).toBe('/b')
    cart.stop()
  })
})

describe('a refresh that renders the page, and says who looks when it has', () => {
  it.each([
    ['while it runs', (identify: () => void) => identify()],
    ['after it has run', (identify: () => void) => void setTimeout(identify, 0)],
  ])('is run a few times at most for one change, not for 30 s: %s', async (_when, say) => {
    const { cart, echo, goLive, pass } = openCart()
    let runs = 0
    cart.onRefresh(async () => {
      runs += 1
      say(() => cart.identify({ user: 1 }))
      await new Promise((resolve) => setTimeout(resolve, 1))
    })
    goLive()
    echo.send(change({ id: 1 }))
    for (let time = 0; time < 60; time += 1) {
      await pass(1_000)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(runs).toBeLessThanOrEqual(4)
    cart.stop()
  })
})

describe('a page that was fetched ahead, and is put in place', () => {
  it('while a refresh runs, is read once more when that has ended', async () => {
    const { cart, echo, goLive, pass } = openCart()
    const ends: (() => void)[] = []
    cart.onRefresh(() => new Promise<void>((resolve) => void ends.push(resolve)))
    goLive()
    echo.send(change({ id: 1 }))
    await pass(5_000)
    expect(ends).toHaveLength(1)
    cart.identify({ user: 1 })
    expect(cart.news.get().stale).toBe(true)
    ends[0]?.()
    await pass(5_000)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await pass(100)
    expect(cart.news.get().stale).toBe(false)
    cart.stop()
  })

  it('is read however many were before it, as long as the news is young', async () => {
    const { cart, echo, goLive, pass } = openCart()
    let runs = 0
    cart.onRefresh(() => {
      runs += 1
    })
    goLive()
    echo.send(change({ id: 1 }))
    await pass(3_000)
    for (let visits = 1; visits <= 8; visits += 1) {
      cart.identify({ user: 1 })
      await pass(3_000)
      expect(runs).toBe(1 + visits)
    }
    cart.stop()
  })
})

describe('a refresh that shows a page older than the news, for good', () => {
  it('does not run for ever', async () => {
    const { cart, goLive, pass, echo } = openCart({ owner: 'mine', cursor: 'e1:10' }, (url) => logSays(url, {}))
    let runs = 0
    cart.onRefresh(() => {
      runs += 1
      cart.identify({ user: 1, owner: 'mine', cursor: 'e1:5' })
    })
    goLive()
    echo.send(at(11))
    await pass(600_000)
    expect(runs).toBeLessThan(20)
    cart.stop()
  })
})

describe('a page of another interval', () => {
  it('that is live polls by it once its socket is lost', async () => {
    const { cart, asked, echo, goLive, pass } = openCart({ check: { intervalMs: 600_000 } }, (url) => logSays(url, {}))
    goLive()
    await pass(3_000)
    cart.identify({ user: 1, check: { url: 'https://shop.test/check', intervalMs: 2_000 } })
    expect(cart.connection.get().name).toBe('live')
    const before = asked.length
    echo.become('connecting')
    echo.become('unavailable')
    await pass(60_000)
    expect(asked.length - before).toBeGreaterThan(10)
    cart.stop()
  })
})

describe('a server that numbers its broadcasts, and has no log', () => {
  it('is believed by its bare check, also after a number was heard', async () => {
    let said: string | null = null
    const bare = () => Response.json({ updated: said !== null, message: said })
    const { cart, echo, heard, errors, goLive, pass } = openCart({}, bare)
    goLive()
    await pass(3_000)
    echo.send(at(1))
    await pass(5_000)
    said = 'later'
    await cart.check({ refresh: false })
    expect([heard.at(-1), errors]).toEqual(['later', []])
    cart.stop()
  })
})

describe('somebody who waits for the check', () => {
  it('waits for the second word when the first is that nobody is logged in', async () => {
    let isOver = true
    const says = (url: URL) => (isOver ? Response.json({}, { status: 401 }) : logSays(url, {}))
    const { cart, asked, pass } = openCart({ connect: undefined }, says)
    await pass(100)
    const [one, other] = [cart.check(), cart.check()]
    await pass(1_500)
    expect(asked).toHaveLength(1)
    isOver = false
    await pass(5_000)
    await expect(Promise.all([one, other])).resolves.toHaveLength(2)
    expect(cart.connection.get().name).toBe('polling')
    cart.stop()
  })

  it('is told that the session is over when the second says so, too', async () => {
    const { cart, asked, pass } = openCart({ connect: undefined }, () => Response.json({}, { status: 401 }))
    await pass(100)
    const checked = cart.check().catch(({ code }) => code)
    await pass(6_000)
    expect([await checked, asked.length]).toEqual(['session-over', 2])
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'session-over' })
    cart.stop()
  })
})

describe('what a later tab is given from memory', () => {
  it('is what came, whatever the page’s own listeners have made of it', async () => {
    const clock = fakeEnvironment()
    const browser = openFakeBrowser(clock)
    const echo = fakeEcho('connected')
    const open = (ports: TabPorts, environment: ReturnType<typeof browser.open>['environment']) => {
      const totals: unknown[] = []
      const cart = createCartEchoIn(
        environment,
        {
          user: 1,
          owner: 'mine',
          cursor: 'e1:0',
          connect: connectEcho(echo),
          target: null,
          check: { url: 'https://shop.test/check', fetch: async (url) => logSays(new URL(String(url)), {}) },
        },
        () => ports,
        async () => several,
      )
      cart.on('cart.conditions.changed', ({ changes }) => totals.push(changes.new_total))
      cart.start()
      return { cart, totals }
    }
    const tab = browser.open()
    const first = open(tab.ports, tab.environment)
    await clock.advanceTurnByTurn(100)
    echo.private('App.Models.User.1').listen('.cart.conditions.changed', (payload) => {
      const { changes } = payload as { changes: { new_total: string } }
      changes.new_total = 'RM0.01'
    })
    echo.confirm()
    await clock.advanceTurnByTurn(3_000)
    echo.send(at(1))
    await clock.advanceTurnByTurn(3_000)
    const late = browser.open()
    const second = open(late.ports, late.environment)
    await clock.advanceTurnByTurn(3_000)
    expect([first.totals, second.totals]).toEqual([['RM120.00'], ['RM120.00']])
    first.cart.stop()
    second.cart.stop()
  })
})
