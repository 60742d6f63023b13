import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CartEcho } from '../../src/engine/cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import type { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import { earlyError } from '../../src/script-tag/early-error'
import { createFacade } from '../../src/script-tag/facade'
import type { Glance } from '../../src/script-tag/glance'
import { type ListeningClient, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

/** What RxJS takes a source for. */
type Interop = Record<
  '@@observable',
  () => { subscribe(observer: { next(value: Connection): void }): { unsubscribe(): void } }
>

/** What is to come from promises, has come. */
const turn = async () => {
  for (let count = 0; count < 20; count += 1) await null
}

/** Listeners of ours on the window. */
const watching = new Set<string>()

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const { addEventListener, removeEventListener } = window
  vi.spyOn(window, 'addEventListener').mockImplementation((...args: Parameters<typeof addEventListener>) => {
    watching.add(args[0])
    addEventListener.apply(window, args)
  })
  vi.spyOn(window, 'removeEventListener').mockImplementation((...args: Parameters<typeof removeEventListener>) => {
    watching.delete(args[0])
    removeEventListener.apply(window, args)
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  watching.clear()
})

/** What the browser says of the page, from now on. */
const become = (state: 'hidden' | 'visible' | 'offline' | 'online' | 'resumed' | 'restored'): void => {
  if (state === 'hidden' || state === 'visible') {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
    document.dispatchEvent(new Event('visibilitychange'))
  } else if (state === 'offline' || state === 'online') {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(state === 'online')
    window.dispatchEvent(new Event(state))
  } else if (state === 'resumed') document.dispatchEvent(new Event('resume'))
  else window.dispatchEvent(new Event('pageshow'))
}

/** A facade of a page, the real cart behind it, and when that comes. */
const early = (glance: Glance = { user: 7 }) => {
  const opened: ListeningClient[] = []
  const errors: CartEchoError[] = []
  const dispatched: string[] = []
  const asked: {
    come: (wrap?: (client: CartEcho) => CartEcho) => Promise<void>
    fail: () => Promise<void>
    refuse: () => Promise<void>
  }[] = []
  const facade = createFacade({
    onError: (error) => errors.push(error),
    events: () => ['cart.stock.changed' as never],
    status: ({ name, reason }) => dispatched.push(`${name}: ${reason}`),
    load: (said) =>
      new Promise<CartEcho>((resolve, reject) => {
        asked.push({
          come: (wrap = (client) => client) => {
            const one = listeningClient({ identity: glance as never })
            for (const identity of said) one.client.identify(identity)
            opened.push(one)
            resolve(wrap(one.client))
            return turn()
          },
          // As the code that is fetched does it, whose class is another.
          refuse: () => {
            reject(Object.assign(new Error('no'), { name: 'CartEchoError', code: 'invalid-channel' }))
            return turn()
          },
          fail: () => {
            reject(earlyError('not-loaded', 'blocked'))
            return turn()
          },
        })
      }),
  })
  const { cart } = facade
  facade.visit(glance)
  const states: string[] = []
  onChange(cart.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  /** Nothing of ours is left on the page. */
  const left = () => [vi.getTimerCount(), watching.size]
  return { ...facade, asked, errors, states, dispatched, left, real: () => opened.at(-1) as ListeningClient, opened }
}

const NOTHING = [0, 0]

describe('a cart that is there before its code', () => {
  it('fetches nothing until it is started', async () => {
    const { cart, asked } = early()
    cart.on('cart.conditions.changed', () => undefined)
    cart.onRefresh(() => undefined)
    cart.dismiss()
    cart.changedHere()
    await turn()
    expect(asked).toHaveLength(0)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('then does what it was asked, in order, and is the real one from there', async () => {
    const { cart, asked, real, errors } = early()
    const heard: (string | null)[] = []
    const states: string[] = []
    cart.connection.subscribe(({ name }) => states.push(name))
    cart.on('cart.conditions.changed', ({ message }) => heard.push(message))
    const release = cart.start()
    expect(cart.start).toBeTypeOf('function')
    await asked[0]?.come()
    real().link().sink.state({ name: 'subscribed' })
    real().hear(at(1))
    expect(heard).toEqual(['change 1'])
    expect(cart.news.get()).toBe(real().client.news.get())
    expect(cart.connection.get()).toBe(real().client.connection.get())
    expect(states).toContain('live')
    release()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(errors).toEqual([])
    real().end()
  })

  it('fetches its code once, however often it is started', async () => {
    const { cart, asked, real, opened } = early()
    const releases = [cart.start(), cart.start()]
    await asked[0]?.come()
    releases.push(cart.start())
    expect([asked.length, opened.length]).toEqual([1, 1])
    releases[0]?.()
    releases[1]?.()
    expect(real().client.connection.get().name).not.toBe('idle')
    releases[2]?.()
    expect(real().client.connection.get().name).toBe('idle')
  })

  it('forgets who has gone again before it came', async () => {
    const { cart, asked, real } = early()
    const heard: unknown[] = []
    cart.on('cart.conditions.changed', (change) => heard.push(change))()
    const release = cart.start()
    cart.start()()
    release()
    await asked[0]?.come()
    expect(real().client.connection.get().name).toBe('idle')
    cart.start()
    real().hear(at(1))
    expect(heard).toEqual([])
  })

  it.each([{}, { user: null }, { user: '' }, { user: 7, enabled: false }])(
    'fetches nothing for %j, and says why',
    async (identity) => {
      const { cart, asked } = early(identity)
      cart.start()
      await turn()
      expect(asked).toHaveLength(0)
      expect(cart.connection.get()).toMatchObject({
        name: 'idle',
        reason: 'user' in identity && identity.user ? 'switched-off' : 'no-user',
      })
    },
  )

  it('fetches for a guest, and for whoever logs in', async () => {
    const guest = early({ guest: true })
    guest.cart.start()
    expect(guest.asked).toHaveLength(1)
    const { cart, asked, real } = early({})
    cart.start()
    cart.identify({ user: 8, cursor: 'e1:4' })
    expect(asked).toHaveLength(1)
    cart.identify({ user: 9 })
    await asked[0]?.come()
    expect(real().link().user).toBe('9')
  })

  it('fetches for whoever waits for a check or a refresh, and tells them that it cannot', async () => {
    const { cart, asked, errors } = early()
    const refreshed = expect(cart.refresh()).rejects.toMatchObject({
      code: 'not-loaded',
      message: expect.stringContaining('blocked'),
    })
    await asked[0]?.fail()
    await refreshed
    const checked = expect(cart.check()).rejects.toMatchObject({ code: 'cannot-check' })
    await asked[1]?.come()
    await checked
    expect(errors).toEqual([])
  })

  it('says that its code comes, and nothing between that and what that says', async () => {
    const { cart, asked, states } = early()
    cart.start()
    expect(states).toEqual(['connecting: loading'])
    await asked[0]?.come()
    expect(states).toEqual(['connecting: loading', 'connecting: finding-echo'])
  })

  it('says that its code cannot be fetched, and fetches it again by itself, later each time', async () => {
    const { cart, asked, errors, states, left, real } = early()
    cart.start()
    await asked[0]?.fail()
    const first = cart.connection.get()
    expect(first).toMatchObject({ name: 'waiting', reason: 'not-loaded', error: { code: 'not-loaded' } })
    // Half of the bound: this clock's chance is always 0.5.
    expect(cart.nextTryAtMs()).toBe(Date.now() + 1_000)
    vi.advanceTimersByTime(999)
    expect(asked).toHaveLength(1)
    for (const waitMs of [1, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      vi.advanceTimersByTime(waitMs)
      expect([cart.connection.get(), cart.nextTryAtMs()]).toEqual([first, null])
      await asked.at(-1)?.fail()
    }
    expect(asked).toHaveLength(9)
    expect(new Set(states)).toEqual(new Set(['connecting: loading', 'waiting: not-loaded']))
    vi.advanceTimersByTime(60_000)
    await asked.at(-1)?.come()
    expect(real().client.connection.get().name).toBe('connecting')
    expect(cart.connection.get()).toBe(real().client.connection.get())
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
    expect(left()).toEqual(NOTHING)
  })

  it.each([
    ['hidden', 'visible'],
    ['offline', 'online'],
  ] as const)('fetches nothing while the page is %s, and at once when it is %s', async (away, back) => {
    const { cart, asked } = early()
    cart.start()
    await asked[0]?.fail()
    become(away)
    expect([cart.connection.get().reason, cart.nextTryAtMs()]).toEqual(['not-loaded', null])
    vi.advanceTimersByTime(600_000)
    expect(asked).toHaveLength(1)
    become(back)
    expect(asked).toHaveLength(2)
    become(away)
    await asked[1]?.fail()
    expect([cart.connection.get().reason, cart.nextTryAtMs()]).toEqual(['not-loaded', null])
    vi.advanceTimersByTime(600_000)
    expect(asked).toHaveLength(2)
  })

  it.each(['resumed', 'restored'] as const)('fetches at once when it is %s, if somebody looks', async (signal) => {
    const { cart, asked } = early()
    cart.start()
    await asked[0]?.fail()
    become('hidden')
    become(signal)
    become('online')
    expect(asked).toHaveLength(1)
    become('visible')
    await asked[1]?.fail()
    become(signal)
    expect(asked).toHaveLength(3)
  })

  it('is asked for anew by a start, and by whoever waits for a check, and once at a time', async () => {
    const { cart, asked, left } = early()
    cart.start()
    await asked[0]?.fail()
    cart.start()
    expect(asked).toHaveLength(2)
    vi.advanceTimersByTime(600_000)
    become('visible')
    expect(asked).toHaveLength(2)
    await asked[1]?.fail()
    const checked = expect(cart.check()).rejects.toMatchObject({ code: 'not-loaded' })
    await asked[2]?.fail()
    await checked
    cart.stop()
    expect(left()).toEqual(NOTHING)
  })

  it.each([
    ['stopped', (cart: CartEcho) => cart.stop(), 'not-started'],
    ['without anybody', (cart: CartEcho) => cart.identify({ user: null }), 'no-user'],
  ] as const)('leaves nothing on a page that is %s, and fetches no more', async (_, end, reason) => {
    const { cart, asked, errors, left } = early()
    cart.start()
    await asked[0]?.fail()
    end(cart)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason })
    expect(left()).toEqual(NOTHING)
    become('visible')
    vi.advanceTimersByTime(600_000)
    expect(asked).toHaveLength(1)
    // And where it fails after that, nobody is told.
    cart.identify({ user: 7 })
    cart.start()
    end(cart)
    await asked[1]?.fail()
    expect(left()).toEqual(NOTHING)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason })
    expect(errors).toHaveLength(1)
  })

  it('ends with the last of those that started it', async () => {
    const { cart, asked, left } = early()
    const releases = [cart.start(), cart.start()]
    await asked[0]?.fail()
    releases[0]?.()
    releases[0]?.()
    expect(cart.connection.get().name).toBe('waiting')
    releases[1]?.()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(left()).toEqual(NOTHING)
  })

  it('reports a failure once, however often it was asked meanwhile', async () => {
    const { cart, asked, errors } = early()
    cart.start()
    cart.start()
    cart.identify({ user: 8 })
    await asked[0]?.fail()
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
  })

  it('takes a failure that nobody foresaw for code that could not be had', async () => {
    const cause = new TypeError('open is not a function')
    const errors: CartEchoError[] = []
    const { cart, visit } = createFacade({
      onError: (error) => errors.push(error),
      events: () => [],
      status: () => undefined,
      load: () => Promise.reject(cause),
    })
    visit({ user: 7 })
    cart.start()
    await turn()
    expect(errors).toMatchObject([{ name: 'CartEchoError', code: 'not-loaded', cause }])
    expect(cart.connection.get()).toMatchObject({ name: 'waiting', reason: 'not-loaded', error: errors[0] })
    cart.stop()
  })

  it('reports misuse as it is, and tries again only when it is started again', async () => {
    const { cart, asked, errors, left, real } = early()
    cart.start()
    await asked[0]?.refuse()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(left()).toEqual(NOTHING)
    become('visible')
    cart.identify({ user: 8 })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-channel'])
    expect(asked).toHaveLength(1)
    cart.start()
    await asked[1]?.come()
    expect(real().client.connection.get().name).toBe('connecting')
  })

  it('leaves it to its code whether a user is one', async () => {
    const { cart, asked } = early({})
    cart.start()
    expect(asked).toHaveLength(0)
    cart.identify({ user: 'undefined' })
    expect(asked).toHaveLength(1)
  })

  it('has its code judge a page with problems, even where it says nobody', () => {
    const { cart, asked } = early({ problems: [new Error('for the test')] })
    cart.start()
    expect(asked).toHaveLength(1)
    const later = early({})
    later.cart.start()
    later.cart.identify({ problems: [] })
    expect(later.asked).toHaveLength(0)
    later.cart.identify({ problems: [earlyError('page-conflict', 'for the test')] })
    expect(later.asked).toHaveLength(1)
  })

  it('stays switched off for a page that only says another user', () => {
    const { cart, asked } = early({ user: 7, enabled: false })
    cart.start()
    cart.identify({ user: 8 })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'switched-off' })
    cart.identify({ user: 8, enabled: true })
    expect(asked).toHaveLength(1)
  })

  it('knows the names of the page’s own events before', () => {
    const { cart } = early()
    expect(cart.events).toEqual(['cart.conditions.changed', 'cart.stock.changed'])
  })

  it('tells its code what was said of who looks since the last visit', async () => {
    const { cart, visit, asked, real, errors } = early()
    cart.start()
    cart.identify({ user: 8 })
    visit({ user: 7 })
    cart.identify({})
    cart.identify({ user: 9 })
    await asked[0]?.come()
    expect(real().link().user).toBe('9')
    const other = early()
    other.cart.start()
    other.cart.identify({ user: 8 })
    other.visit({ user: 7 })
    await other.asked[0]?.come()
    expect(other.real().link().user).toBe('7')
    expect([...errors, ...other.errors]).toEqual([])
  })

  it('says how it is in a DOM event until its code is there, which does that then', async () => {
    const { cart, asked, dispatched } = early()
    cart.start()
    await asked[0]?.fail()
    cart.start()
    await asked[1]?.come()
    expect(dispatched).toEqual(['connecting: loading', 'waiting: not-loaded'])
  })

  it('reports a listener that throws, and tells the others', async () => {
    const { cart, errors } = early()
    const told: string[] = []
    const cause = new Error('broken')
    cart.connection.subscribe(() => {
      throw cause
    })
    cart.connection.subscribe(({ reason }) => told.push(reason))
    cart.start()
    expect(told).toEqual(['not-started', 'loading'])
    expect(errors).toMatchObject([
      { code: 'listener-failed', cause },
      { code: 'listener-failed', cause },
    ])
  })

  it('is observable as the real one, before and after', async () => {
    const { cart, asked } = early()
    const told: string[] = []
    const key = (Symbol.observable ?? '@@observable') as unknown as '@@observable'
    const { unsubscribe } = (cart.connection as unknown as Interop)
      [key]()
      .subscribe({ next: ({ reason }) => told.push(reason) })
    cart.start()
    await asked[0]?.come()
    unsubscribe()
    cart.stop()
    expect(told).toEqual(['not-started', 'loading', 'finding-echo'])
  })

  it('runs for others what waits for its code, unless that was ended', async () => {
    const { cart, later, asked } = early()
    const ran: string[] = []
    const begin = (name: string) => () => {
      ran.push(name)
      return () => ran.push(`${name} ended`)
    }
    const end = later(begin('one'))
    later(begin('two'))()
    cart.start()
    await asked[0]?.come()
    later(begin('three'))
    end()
    expect(ran).toEqual(['one', 'three', 'one ended'])
  })

  it('reports misuse from before it came, and does the rest', async () => {
    const { cart, asked, errors, real } = early()
    cart.on('cart.stock.changed' as never, () => undefined)
    const heard: unknown[] = []
    cart.on('cart.conditions.changed', (change) => heard.push(change))
    cart.start()
    await asked[0]?.come()
    real().hear(at(1))
    expect(errors.map(({ code }) => code)).toEqual(['invalid-event'])
    expect(heard).toHaveLength(1)
  })

  it('stays stopped when it was stopped before it came', async () => {
    const { cart, asked, real } = early()
    cart.start()
    cart.stop()
    await asked[0]?.come()
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('is let go by whoever does so when it hears that it starts', async () => {
    const { cart, asked, real } = early()
    const release = cart.start()
    cart.connection.subscribe(({ name }) => {
      if (name === 'connecting') release()
    })
    await asked[0]?.come()
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })
})
