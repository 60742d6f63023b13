import { describe, expect, it } from 'vitest'
import type { CartEcho } from '../../src/engine/cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import { CartEchoError } from '../../src/engine/errors'
import type { PageIdentity } from '../../src/engine/identity'
import { createLateCart } from '../../src/script-tag/late-cart'
import { type FakeEnvironmentOptions, fakeEnvironment } from '../support/fake-environment'
import { type ListeningClient, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** A late cart, the real one behind it, and when that comes. */
const lateCart = (identity: PageIdentity = { user: 7 }, options?: FakeEnvironmentOptions) => {
  const environment = fakeEnvironment(options)
  const opened: ListeningClient[] = []
  const errors: CartEchoError[] = []
  const asked: {
    identity: PageIdentity
    come: (wrap?: (client: CartEcho) => CartEcho) => Promise<void>
    fail: () => Promise<void>
    refuse: () => Promise<void>
  }[] = []
  const cart = createLateCart({
    environment,
    identity,
    onError: (error) => errors.push(error),
    events: () => ['cart.stock.changed' as never],
    load: (identity) =>
      new Promise<CartEcho>((resolve, reject) => {
        asked.push({
          identity,
          come: (wrap = (client) => client) => {
            const one = listeningClient({ identity })
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
            reject(new TypeError('blocked'))
            return turn()
          },
        })
      }),
  })
  const states: string[] = []
  onChange(cart.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  /** Nothing of ours is left on the page. */
  const left = () => [environment.pending(), environment.watching()]
  return { cart, asked, errors, states, environment, left, real: () => opened.at(-1) as ListeningClient, opened }
}

const NOTHING = [0, 0]

describe('a cart that is there before its code', () => {
  it('fetches nothing until it is started', async () => {
    const { cart, asked } = lateCart()
    cart.on('cart.conditions.changed', () => undefined)
    cart.onRefresh(() => undefined)
    cart.dismiss()
    cart.changedHere()
    await turn()
    expect(asked).toHaveLength(0)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('then does what it was asked, in order, and is the real one from there', async () => {
    const { cart, asked, real, errors } = lateCart()
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
    const { cart, asked, real, opened } = lateCart()
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
    const { cart, asked, real } = lateCart()
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
      const { cart, asked } = lateCart(identity)
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
    const guest = lateCart({ guest: true })
    guest.cart.start()
    expect(guest.asked).toHaveLength(1)
    const { cart, asked, real } = lateCart({})
    cart.start()
    cart.identify({ user: 8, cursor: 'e1:4' })
    expect(asked.map(({ identity }) => identity)).toEqual([{ user: 8, cursor: 'e1:4', enabled: undefined }])
    cart.identify({ user: 9 })
    await asked[0]?.come()
    expect(real().link().user).toBe('9')
  })

  it('fetches for whoever waits for a check or a refresh, and tells them that it cannot', async () => {
    const { cart, asked, errors } = lateCart()
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
    const { cart, asked, states } = lateCart()
    cart.start()
    expect(states).toEqual(['connecting: loading'])
    await asked[0]?.come()
    expect(states).toEqual(['connecting: loading', 'connecting: finding-echo'])
  })

  it('says that its code cannot be fetched, and fetches it again by itself, later each time', async () => {
    const { cart, asked, errors, states, environment, left, real } = lateCart()
    cart.start()
    await asked[0]?.fail()
    const first = cart.connection.get()
    expect(first).toMatchObject({ name: 'waiting', reason: 'not-loaded', error: { code: 'not-loaded' } })
    // Half of the bound: this clock's chance is always 0.5.
    expect(cart.nextTryAtMs()).toBe(environment.nowMs() + 1_000)
    environment.advance(999)
    expect(asked).toHaveLength(1)
    for (const waitMs of [1, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      environment.advance(waitMs)
      expect([cart.connection.get(), cart.nextTryAtMs()]).toEqual([first, null])
      await asked.at(-1)?.fail()
    }
    expect(asked).toHaveLength(9)
    expect(new Set(states)).toEqual(new Set(['connecting: loading', 'waiting: not-loaded']))
    environment.advance(60_000)
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
    const { cart, asked, environment } = lateCart()
    cart.start()
    await asked[0]?.fail()
    environment.signal(away)
    expect([cart.connection.get().reason, cart.nextTryAtMs()]).toEqual(['not-loaded', null])
    environment.advance(600_000)
    expect(asked).toHaveLength(1)
    environment.signal(back)
    expect(asked).toHaveLength(2)
    environment.signal(away)
    await asked[1]?.fail()
    expect([cart.connection.get().reason, cart.nextTryAtMs()]).toEqual(['not-loaded', null])
    environment.advance(600_000)
    expect(asked).toHaveLength(2)
  })

  it.each(['resumed', 'restored'] as const)('fetches at once when it is %s, if somebody looks', async (signal) => {
    const { cart, asked, environment } = lateCart()
    cart.start()
    await asked[0]?.fail()
    environment.signal('hidden')
    environment.signal(signal)
    environment.signal('online')
    expect(asked).toHaveLength(1)
    environment.signal('visible')
    await asked[1]?.fail()
    environment.signal(signal)
    expect(asked).toHaveLength(3)
  })

  it('is asked for anew by a start, and by whoever waits for a check, and once at a time', async () => {
    const { cart, asked, environment, left } = lateCart()
    cart.start()
    await asked[0]?.fail()
    cart.start()
    expect(asked).toHaveLength(2)
    environment.advance(600_000)
    environment.signal('visible')
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
    const { cart, asked, errors, environment, left } = lateCart()
    cart.start()
    await asked[0]?.fail()
    end(cart)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason })
    expect(left()).toEqual(NOTHING)
    environment.signal('visible')
    environment.advance(600_000)
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
    const { cart, asked, left } = lateCart()
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
    const { cart, asked, errors } = lateCart()
    cart.start()
    cart.start()
    cart.identify({ user: 8 })
    await asked[0]?.fail()
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
  })

  it('reports misuse as it is, and tries again only when it is started again', async () => {
    const { cart, asked, errors, environment, left, real } = lateCart()
    cart.start()
    await asked[0]?.refuse()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(left()).toEqual(NOTHING)
    environment.signal('visible')
    cart.identify({ user: 8 })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-channel'])
    expect(asked).toHaveLength(1)
    cart.start()
    await asked[1]?.come()
    expect(real().client.connection.get().name).toBe('connecting')
  })

  it.each([
    [{ user: 'undefined' }, 'invalid-user'],
    [{ user: 8, cursor: 'four' }, 'invalid-cursor'],
  ])('throws at once for %j, stays whose it was, and listens to the next', async (identity, code) => {
    const { cart, asked, errors, real } = lateCart()
    expect(() => cart.identify(identity)).toThrow(expect.objectContaining({ code }))
    cart.start()
    expect(() => cart.identify(identity)).toThrow(expect.objectContaining({ code }))
    expect(asked.map(({ identity }) => identity)).toEqual([{ user: 7 }])
    cart.identify({ user: 9 })
    await asked[0]?.come()
    expect(real().link().user).toBe('9')
    expect(errors).toEqual([])
  })

  it.each([
    ['before it is started', false],
    ['after', true],
  ])('is refused where the page contradicts itself, %s, as the real one', (_, isFirst) => {
    const error = new CartEchoError('page-conflict', 'for the test')
    const { cart, asked, errors } = lateCart({})
    if (isFirst) cart.start()
    cart.identify({ problems: [error] })
    if (!isFirst) cart.start()
    const { client } = listeningClient({ identity: { problems: [error] } })
    client.start()
    expect(cart.connection.get()).toEqual({ ...client.connection.get(), sinceMs: expect.any(Number) })
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'page-conflict', error })
    expect(errors).toEqual([error])
    expect(asked).toHaveLength(0)
    cart.identify({ user: 7 })
    expect(cart.connection.get()).toMatchObject({ name: 'connecting' })
  })

  it('knows the names of the page’s own events before', () => {
    const { cart } = lateCart()
    expect(cart.events).toEqual(['cart.conditions.changed', 'cart.stock.changed'])
  })

  it('tells its code once who looks, where that changed more than once meanwhile', async () => {
    const { cart, asked, real } = lateCart()
    cart.start()
    cart.identify({})
    cart.identify({ user: 9 })
    const identified: unknown[] = []
    await asked[0]?.come((client) => ({
      ...client,
      identify: (identity) => {
        identified.push(identity)
        client.identify(identity)
      },
    }))
    expect(identified).toEqual([{ user: 9, enabled: undefined }])
    expect(real().link().user).toBe('9')
  })

  it('reports what is wrong with the page even where it says nobody, once', () => {
    const problem = { code: 'invalid-page' } as CartEchoError
    const { cart, errors } = lateCart({ problems: [problem] })
    cart.start()()
    expect(errors).toEqual([problem])
  })

  it('reports misuse from before it came, and does the rest', async () => {
    const { cart, asked, errors, real } = lateCart()
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
    const { cart, asked, real } = lateCart()
    cart.start()
    cart.stop()
    await asked[0]?.come()
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('is let go by whoever does so when it hears that it starts', async () => {
    const { cart, asked, real } = lateCart()
    const release = cart.start()
    cart.connection.subscribe(({ name }) => {
      if (name === 'connecting') release()
    })
    await asked[0]?.come()
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })
})
