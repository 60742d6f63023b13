import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { aChange, anAnswer, createFakeBrowser, createFakeCart, type FakeCartOptions } from '../../src/testing/testing'

/** A fake cart that ends with its test. */
const fakeCart = (options?: FakeCartOptions) => {
  const fake = createFakeCart(options)
  onTestFinished(fake.close)
  return fake
}

const NOTHING_LEFT = { timers: 0, listeners: 0, locks: 0, requests: 0, sockets: 0 }

const listening = async (options?: FakeCartOptions) => {
  const fake = fakeCart(options)
  fake.cart.start()
  await fake.settle()
  return fake
}

const messages = ({ heard }: { readonly heard: readonly { readonly change: unknown }[] }) =>
  heard.map(({ change }) => (change as { message?: string }).message)

describe('a fake cart', () => {
  it('does nothing before it is started', async () => {
    const fake = fakeCart()
    await fake.settle()
    await fake.advance(600_000)
    expect(fake.pending).toEqual(NOTHING_LEFT)
    expect(fake.asked).toEqual([])
    expect(fake.cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('is live once it has settled, and has asked the check', async () => {
    const fake = await listening()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
    expect(fake.asked).toEqual([{ since: 'e1:0', owner: 'owner-1', answered: 200 }])
    expect(fake.pending.sockets).toBe(1)
  })

  it('tells what is heard at once, each change in its place', async () => {
    const fake = await listening()
    const onChange = vi.fn()
    fake.cart.on('cart.conditions.changed', onChange)
    fake.broadcast({ message: 'one' })
    const two = fake.broadcast({ message: 'two', changes: { new_total: 'RM120.00' } })
    expect(messages(fake)).toEqual(['one', 'two'])
    expect(fake.heard.map(({ meta }) => [meta.key, meta.via])).toEqual([
      ['e1:1', 'socket'],
      ['e1:2', 'socket'],
    ])
    expect(onChange).toHaveBeenLastCalledWith(two, expect.objectContaining({ key: 'e1:2' }))
    expect(two.cart_echo).toEqual({ epoch: 'e1', seq: 2 })
  })

  it('drops what is heard twice', async () => {
    const fake = await listening()
    const change = fake.broadcast({ message: 'once' })
    fake.broadcast(change)
    expect(messages(fake)).toEqual(['once'])
    expect(fake.shop.cursor()).toBe('e1:1')
  })

  it('finds what was lost, by asking', async () => {
    const fake = await listening()
    fake.shop.add({ message: 'lost' })
    fake.broadcast({ message: 'heard' })
    expect(messages(fake)).toEqual([])
    await fake.settle()
    expect(fake.heard.map(({ meta }) => meta.via)).toEqual(['check', 'check'])
    expect(messages(fake)).toEqual(['lost', 'heard'])
  })

  it('says what to do where nothing can be heard', async () => {
    const fake = fakeCart()
    expect(() => fake.broadcast()).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(() => fake.broadcast()).toThrow('start the cart and await settle()')
    expect(fake.shop.cursor()).toBe('e1:0')
    fake.cart.start()
    expect(() => fake.broadcast()).toThrow('connecting: opening-socket')
  })

  it('refuses to send what a page would not read', async () => {
    const fake = await listening()
    expect(() => fake.broadcast({ message: 5 } as never)).toThrow(expect.objectContaining({ code: 'invalid-payload' }))
    expect(fake.shop.cursor()).toBe('e1:0')
  })

  it('knows who has not given back what it took, also after it was closed', async () => {
    const fake = fakeCart()
    const { cart } = fake
    const nothing = () => undefined
    const takes = [
      () => cart.on('cart.conditions.changed', nothing),
      () => cart.onRefresh(nothing),
      () => cart.trace(nothing),
      () => cart.connection.subscribe(nothing),
      () => cart.news.subscribe(nothing),
    ]
    for (const take of takes) {
      const end = take()
      expect(fake.unreleased).toEqual({ starts: 0, listeners: 1 })
      end()
      end()
      expect(fake.unreleased).toEqual({ starts: 0, listeners: 0 })
    }
    const release = cart.start()
    cart.start()
    cart.on('cart.conditions.changed', nothing)
    release()
    await fake.settle()
    expect(fake.unreleased).toEqual({ starts: 1, listeners: 1 })
    fake.close()
    expect(fake.pending).toEqual(NOTHING_LEFT)
    expect(fake.unreleased).toEqual({ starts: 0, listeners: 1 })
  })

  it('refuses what a decoder of your own would not read, and what the page would pass over', async () => {
    const decode = ({ left }: Record<string, unknown>) => {
      if (typeof left !== 'number') throw new Error('expected left')
      return { left } as never
    }
    const fake = await listening({ events: [{ name: 'cart.tested.changed' as never, decode }] })
    const broadcasting = (name: string, change: object) => () => fake.broadcast(name as never, change as never)
    const unreadable = { code: 'invalid-payload', message: 'cart.tested.changed skipped: expected left' }
    expect(broadcasting('cart.tested.changed', { left: 'x' })).toThrow(expect.objectContaining(unreadable))
    const unknown = { code: 'invalid-event', message: expect.stringContaining('add it to the events') }
    expect(broadcasting('cart.other.changed', {})).toThrow(expect.objectContaining(unknown))
    expect(broadcasting('.cart.tested.changed', { left: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid-event' }),
    )
    expect(fake.shop.cursor()).toBe('e1:0')
    expect(broadcasting('cart.tested.changed', { left: 1 })()).toMatchObject({ left: 1 })
  })

  it('says that the page sleeps where nothing can be heard because of that', async () => {
    const fake = await listening()
    fake.page('frozen')
    expect(() => fake.broadcast()).toThrow('the page is frozen, or left')
  })

  it.each([
    ['page', 'nope'],
    ['page', 'toString'],
    ['sleeps', Number.NaN],
    ['sleeps', -1],
    ['lose', { forMs: Number.NaN }],
    ['lose', { forMs: '5' }],
    ['lose', { for: 5 }],
    ['lose', null],
    ['logIn', ''],
    ['logIn', 5],
    ['answer', 'nope'],
    ['answer', 'toString'],
    ['answer', null],
    ['answer', () => ({ status: 500 })],
    ['answer', { staus: 500 }],
    ['answer', { status: '500' }],
    ['answer', { status: 99 }],
    ['answer', { headers: { a: 5 } }],
    ['answer', { body: 5n }],
  ] as const)('refuses %s(%o) at the call', async (way, given) => {
    const fake = await listening()
    const call = fake[way] as (given: unknown) => unknown
    expect(() => call(given)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    await fake.settle(fake.cart.check())
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
  })

  it.each([
    { times: 0 },
    { times: Number.NaN },
    { times: 1.5 },
    { time: 3 },
    { retryAfterS: -5 },
    { retryAfterS: '5' },
    { spreadMs: Number.NaN },
    null,
  ])('refuses an answer with %o at the call', async (options) => {
    const fake = await listening()
    const refused = expect.objectContaining({ code: 'invalid-options' })
    expect(() => fake.answer('maintenance', options as never)).toThrow(refused)
  })

  it.each([
    ['lively', 'subscribed', 'bringTo(): expected one of idle, connecting'],
    ['toString', 'subscribed', 'bringTo(): expected one of idle, connecting'],
    ['waiting', 'subscribed', 'expected one of socket-lost'],
    ['polling', 'check-busy', 'expected one of no-socket'],
    ['live', undefined, 'expected one of subscribed'],
  ])('refuses the state %s: %s, which there is not', async (name, reason, words) => {
    const fake = await listening()
    const refused = { code: 'invalid-options', message: expect.stringContaining(words) }
    await expect(fake.bringTo(name as never, reason as never)).rejects.toMatchObject(refused)
    expect(fake.cart.connection.get().name).toBe('live')
  })

  it('tells events of your own', async () => {
    const fake = await listening({ events: ['cart.tested.changed'] })
    const onStock = vi.fn()
    // Declared in an app of its own, test/package/consumer/testing.ts: here all tests would know it.
    fake.cart.on('cart.tested.changed' as never, onStock)
    fake.broadcast('cart.tested.changed' as never, { sku: 'mug', left: 3 } as never)
    expect(onStock).toHaveBeenCalledWith(expect.objectContaining({ sku: 'mug', left: 3 }), expect.anything())
    expect(fake.heard.map(({ event }) => event)).toEqual(['cart.tested.changed'])
  })

  it('settles an onRefresh that makes sure by the check, as it may', async () => {
    const fake = await listening()
    const found: number[] = []
    fake.cart.onRefresh(async () => void found.push((await fake.cart.check({ refresh: false })).found))
    fake.broadcast()
    await fake.settle()
    expect(found).toEqual([0])
    expect(fake.refreshes.map(({ outcome }) => outcome)).toEqual(['done'])
  })

  it('settles a check that gets no answer, by its time-out', async () => {
    const fake = await listening()
    fake.answer('no-answer')
    await expect(fake.settle(fake.cart.check())).rejects.toMatchObject({ code: 'check-failed' })
    expect(fake.pending.requests).toBe(0)
  })

  it('ends though a page sleeps that was asking', async () => {
    const fake = await listening()
    fake.answer('no-answer')
    const checked = fake.cart.check().catch(({ code }) => code)
    await fake.settle()
    fake.page('frozen')
    expect(fake.pending.requests).toBe(0)
    expect(await fake.settle(checked)).toBe('cannot-check')
  })

  it.each([5, 'a', {}, () => Promise.resolve(), null])('says that %o is no promise to settle', async (given) => {
    const fake = await listening()
    const refused = { code: 'invalid-options', message: expect.stringContaining('such as fake.cart.check()') }
    await expect(fake.settle(given as never)).rejects.toMatchObject(refused)
  })

  it.each(['settle', 'advance'] as const)('says that an onRefresh causes the next one, by %s()', async (way) => {
    const fake = await listening()
    fake.cart.onRefresh(
      () => {
        fake.cart.refresh().catch(() => undefined)
      },
      { settleMs: 0, spreadMs: 0 },
    )
    fake.broadcast()
    const words = 'look for an onRefresh that calls refresh()'
    await expect(way === 'settle' ? fake.settle() : fake.advance(10_000)).rejects.toThrow(words)
    expect(fake.refreshes.length).toBeGreaterThan(900)
  })

  it('lets time pass between the runs of an onRefresh that causes the next one', async () => {
    const fake = await listening()
    fake.cart.onRefresh(() => {
      fake.cart.refresh().catch(() => undefined)
    })
    fake.broadcast()
    await fake.advance(10_000)
    expect([fake.refreshes.length > 5, fake.refreshes.length < 60]).toEqual([true, true])
    fake.close()
    expect(fake.pending.timers).toBe(0)
  })

  it('loses its socket, polls, and catches up when it is back', async () => {
    const fake = await listening()
    fake.lose()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'socket-lost' })
    fake.shop.add({ message: 'while away' })
    await fake.settle()
    expect(fake.heard).toEqual([])
    await fake.advance(10_000)
    expect(fake.cart.connection.get()).toMatchObject({ name: 'polling', reason: 'socket-lost' })
    expect(messages(fake)).toEqual(['while away'])
    fake.comeBack()
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
  })

  it('comes back by itself where that was said, and says when', async () => {
    const fake = await listening({ check: false })
    fake.lose({ forMs: 30_000 })
    expect(fake.cart.nextTryAtMs()).toBe(fake.nowMs() + 30_000)
    await fake.advance(29_000)
    expect(fake.cart.connection.get()).toMatchObject({ name: 'waiting' })
    await fake.advance(2_000)
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
  })

  it('answers as it was told, in order, and then as usual', async () => {
    const fake = await listening()
    fake.answer('maintenance', { retryAfterS: 3 })
    fake.answer(anAnswer({ cursor: 'e1:1', events: [aChange({ message: 'told' })] }))
    await expect(fake.settle(fake.cart.check())).rejects.toMatchObject({ code: 'check-busy', status: 503 })
    await fake.advance(60_000)
    expect(messages(fake)).toEqual(['told'])
    expect(fake.asked.map(({ answered }) => answered)).toEqual([200, 503, 200])
  })

  it('takes a check() under way along', async () => {
    const fake = await listening()
    fake.shop.add({ message: 'unheard' })
    const { found, owner } = await fake.settle(fake.cart.check())
    expect([found, owner]).toEqual([1, 'owner-1'])
    expect(await fake.settle()).toBeUndefined()
  })

  it('waits for no answer that never comes, until its time is out', async () => {
    const fake = await listening()
    fake.answer('no-answer')
    const checked = fake.cart.check()
    checked.catch(() => undefined)
    await fake.settle()
    expect(fake.pending.requests).toBe(1)
    await fake.advance(10_000)
    await expect(checked).rejects.toMatchObject({ code: 'check-failed' })
    expect(fake.pending.requests).toBe(0)
  })

  it('refreshes when all has settled, and writes down for what and how it ended', async () => {
    const fake = await listening()
    fake.cart.onRefresh(async () => 'e1:2')
    fake.broadcast()
    fake.broadcast()
    expect(fake.refreshes).toEqual([])
    await fake.settle()
    expect(fake.refreshes).toEqual([{ cursor: 'e1:2', atMs: expect.any(Number), outcome: 'done' }])
  })

  it('waits for a refresh however widely the server spreads it', async () => {
    const fake = await listening()
    fake.cart.onRefresh(() => undefined)
    fake.broadcast({ cart_echo: { spread_ms: 300_000 } })
    await fake.settle()
    expect(fake.refreshes).toHaveLength(1)
    expect(fake.refreshes[0]?.atMs).toBeLessThanOrEqual(fake.nowMs())
    fake.answer('reset', { spreadMs: 200_000 })
    fake.cart.check({ refresh: false }).catch(() => undefined)
    await fake.settle()
    expect(fake.refreshes).toHaveLength(2)
  })

  it('waits for what a refresh itself waits for', async () => {
    const fake = await listening()
    let answer = (): void => undefined
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    fake.cart.onRefresh(() => answered)
    fake.broadcast()
    const settled = fake.settle()
    // A turn of the real event loop, as a real request takes.
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(fake.refreshes.map(({ outcome }) => outcome)).toEqual(['running'])
    answer()
    await settled
    expect(fake.refreshes.map(({ outcome }) => outcome)).toEqual(['done'])
  })

  it('writes down a refresh that fails, and its error', async () => {
    const fake = await listening()
    fake.cart.onRefresh(() => {
      throw new Error('no cart')
    })
    fake.broadcast()
    await fake.settle()
    expect(fake.refreshes[0]?.outcome).toBe('failed')
    expect(fake.errors.map(({ code }) => code)).toEqual(['refresh-failed'])
  })

  it('learns of a log-out when it asks, and leaves the socket', async () => {
    const fake = await listening()
    fake.logOut()
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
    fake.broadcast({ message: 'after the log-out' })
    expect(messages(fake)).toEqual(['after the log-out'])
    fake.cart.check().catch(() => undefined)
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'session-over' })
    expect(fake.pending.sockets).toBe(0)
    fake.logIn()
    await fake.advance(5_000)
    fake.page('visible')
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
  })

  it('refuses the channel to who is logged out', async () => {
    const fake = fakeCart({ check: false })
    fake.logOut()
    fake.cart.start()
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'not-authorised' })
  })

  it('tells nothing of another customer, who logs in elsewhere', async () => {
    const fake = await listening()
    fake.logIn('owner-2')
    fake.shop.add({ message: 'of somebody else' })
    fake.cart.check().catch(() => undefined)
    await fake.settle()
    expect(fake.cart.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    expect(fake.heard).toEqual([])
  })

  it('asks nothing while it is hidden, and when it is looked at what it missed', async () => {
    const fake = await listening()
    fake.page('hidden')
    fake.lose()
    fake.shop.add({ message: 'unseen' })
    await fake.advance(300_000)
    expect(fake.asked).toHaveLength(1)
    fake.page('visible')
    await fake.settle()
    expect(messages(fake)).toEqual(['unseen'])
  })

  it('holds no socket while it is frozen, runs no timer, and is back afterwards', async () => {
    const fake = await listening()
    fake.page('frozen')
    expect(fake.pending.sockets).toBe(0)
    fake.shop.add({ message: 'while frozen' })
    await fake.advance(60_000)
    expect(fake.asked).toHaveLength(1)
    fake.page('resumed')
    await fake.settle()
    expect(messages(fake)).toEqual(['while frozen'])
    expect(fake.cart.connection.get()).toMatchObject({ name: 'live' })
  })

  it('notices that its machine slept', async () => {
    const fake = await listening()
    const asked = fake.asked.length
    fake.sleeps(3_600_000)
    await fake.advance(15_000)
    expect(fake.asked.length).toBe(asked + 1)
  })

  it('stops without a trace, from any moment on', async () => {
    const fake = await listening()
    fake.cart.onRefresh(() => undefined)
    fake.shop.add()
    fake.broadcast()
    fake.cart.check().catch(() => undefined)
    expect(fake.pending.timers).toBeGreaterThan(1)
    fake.close()
    await null
    expect(fake.pending).toEqual(NOTHING_LEFT)
    const { length } = fake.asked
    await fake.advance(600_000)
    expect(fake.asked).toHaveLength(length)
  })

  it('settles though a refresh that was stopped never ends', async () => {
    const fake = await listening()
    fake.cart.onRefresh(() => new Promise(() => undefined))
    fake.broadcast()
    await fake.advance(5_000)
    expect(fake.refreshes).toHaveLength(1)
    fake.close()
    await fake.settle()
    expect(fake.pending).toEqual(NOTHING_LEFT)
  })

  it('settles though it polls every second', async () => {
    const fake = await listening({ connect: false, check: { intervalMs: 1_000 } })
    expect(fake.asked.length).toBeGreaterThan(10)
    expect(fake.asked.length).toBeLessThan(100)
  })

  it('takes the test’s own timers along', async () => {
    vi.useFakeTimers({ now: 1_000_000 })
    onTestFinished(() => void vi.useRealTimers())
    const fake = fakeCart({ onAdvance: (ms) => vi.advanceTimersByTime(ms) })
    const ticks: number[] = []
    setInterval(() => ticks.push(Date.now()), 1_000)
    fake.cart.start()
    await fake.advance(3_000)
    expect(ticks).toEqual([1_001_000, 1_002_000, 1_003_000])
    expect(fake.nowMs()).toBe(Date.now())
  })

  it('needs no timer of the test’s: faked ones may stand', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const fake = await listening()
    fake.broadcast({ message: 'heard' })
    await fake.settle()
    expect(messages(fake)).toEqual(['heard'])
  })

  it('is a guest’s where that is said: without a channel, polling', async () => {
    const fake = await listening({ guest: true })
    expect(fake.cart.connection.get()).toMatchObject({ name: 'polling', reason: 'no-socket' })
    fake.shop.add({ message: 'for a guest' })
    await fake.advance(40_000)
    expect(messages(fake)).toEqual(['for a guest'])
  })

  it('stands on a server without a log where that is said', async () => {
    const fake = await listening({ log: false })
    fake.broadcast({ message: 'live' })
    fake.lose()
    fake.shop.add({ message: 'while away' })
    await fake.advance(10_000)
    expect(fake.heard.map(({ change, meta }) => [(change as { message: string }).message, meta.bare])).toEqual([
      ['live', undefined],
      ['while away', true],
    ])
    expect(fake.shop.cursor()).toBeNull()
  })

  it.each([
    [{ user: 'undefined' }, 'invalid-user'],
    [{ cursor: 'e1' }, 'invalid-cursor'],
    [{ connect: false, check: false }, 'invalid-options'],
    [{ check: { intervalMs: 5 } }, 'invalid-options'],
    [{ events: ['.cart.tested.changed' as never] }, 'invalid-event'],
    [{ browser: createFakeBrowser(), log: false }, 'invalid-options'],
    [{ browser: {} as never }, 'invalid-options'],
    [{ chek: false } as never, 'invalid-options'],
    [{ check: '/api/cart/check-updates' as never }, 'invalid-options'],
    [{ check: { fetch: null } as never }, 'invalid-options'],
    [{ connect: {} as never }, 'invalid-options'],
    [{ log: 'no' as never }, 'invalid-options'],
    [{ owner: 5 as never }, 'invalid-options'],
    [{ epoch: 'a b' }, 'invalid-options'],
    [{ onError: 5 as never }, 'invalid-options'],
    [{ random: 5 as never }, 'invalid-options'],
    [{ startsAtMs: '5' as never }, 'invalid-options'],
    [5 as never, 'invalid-options'],
  ])('refuses %j at the call', (options, code) => {
    expect(() => createFakeCart(options)).toThrow(expect.objectContaining({ code }))
  })
})

describe('two tabs of one browser', () => {
  it('share a socket and one who asks, and each hears everything once', async () => {
    const browser = createFakeBrowser()
    const one = await listening({ browser })
    const other = await listening({ browser })
    expect([one.pending.sockets, other.pending.sockets]).toEqual([1, 0])
    expect([one.pending.locks, other.pending.locks]).toEqual([1, 1])
    expect([one, other].map(({ cart }) => cart.connection.get().name)).toEqual(['live', 'live'])
    expect(browser.shop.asked).toHaveLength(1)
    other.broadcast({ message: 'both' })
    await one.settle()
    expect([messages(one), messages(other)]).toEqual([['both'], ['both']])
    one.cart.dismiss()
    await one.settle()
    expect(other.cart.news.get().unread).toEqual([])
  })

  it('end a check that the other one asks for, and that gets no answer', async () => {
    const browser = createFakeBrowser()
    await listening({ browser })
    const other = await listening({ browser })
    browser.shop.answer('no-answer', { times: 2 })
    await expect(other.settle(other.cart.check())).rejects.toMatchObject({ code: 'check-failed' })
  })

  it('of two customers hear their own changes only', async () => {
    const browser = createFakeBrowser()
    const one = await listening({ browser })
    browser.shop.logIn('owner-2')
    expect(() => one.broadcast()).toThrow('No socket is subscribed')
    const other = fakeCart({ browser, user: 8 })
    other.cart.start()
    await other.advance(100)
    other.broadcast({ message: 'of the second' })
    expect([messages(one), messages(other)]).toEqual([[], ['of the second']])
  })

  it('hand over when the one that leads is closed, and nothing is lost', async () => {
    const browser = createFakeBrowser()
    const one = await listening({ browser })
    const other = await listening({ browser })
    one.close()
    expect(one.pending).toEqual(NOTHING_LEFT)
    browser.shop.add({ message: 'between' })
    await other.settle()
    expect(messages(other)).toEqual(['between'])
    other.close()
    expect(other.pending).toEqual(NOTHING_LEFT)
  })
})
