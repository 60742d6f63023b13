import { describe, expect, it } from 'vitest'
import { createLateCart } from '../../src/cdn/late-cart'
import type { CartEcho } from '../../src/core/cart-echo'
import type { CartEchoError } from '../../src/core/errors'
import type { PageIdentity } from '../../src/core/shopper'
import { type ListeningClient, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** A late cart, the real one behind it, and when that comes. */
const lateCart = (word: PageIdentity = { user: 7 }) => {
  const opened: ListeningClient[] = []
  const errors: CartEchoError[] = []
  const asked: {
    word: PageIdentity
    come: (wrap?: (client: CartEcho) => CartEcho) => Promise<void>
    fail: () => Promise<void>
    refuse: () => Promise<void>
  }[] = []
  const { cart, tryAgain } = createLateCart({
    word,
    onError: (error) => errors.push(error),
    events: () => ['cart.stock.changed' as never],
    load: (word) =>
      new Promise<CartEcho>((resolve, reject) => {
        asked.push({
          word,
          come: (wrap = (client) => client) => {
            const one = listeningClient({ word })
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
  return { cart, tryAgain, asked, errors, real: () => opened.at(-1) as ListeningClient, opened }
}

describe('a cart that is there before its code', () => {
  it('fetches nothing until it is started', async () => {
    const { cart, asked } = lateCart()
    cart.on('cart.conditions.changed', () => undefined)
    cart.onRefresh(() => undefined)
    cart.dismiss()
    cart.changedHere()
    await turn()
    expect(asked).toHaveLength(0)
    expect(cart.connection.get()).toMatchObject({ name: 'idle', because: 'not-started' })
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
    expect(cart.connection.get()).toMatchObject({ name: 'idle', because: 'not-started' })
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
    async (word) => {
      const { cart, asked } = lateCart(word)
      cart.start()
      await turn()
      expect(asked).toHaveLength(0)
      expect(cart.connection.get()).toMatchObject({
        name: 'idle',
        because: 'user' in word && word.user ? 'switched-off' : 'no-user',
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
    expect(asked.map(({ word }) => word)).toEqual([{ user: 8, cursor: 'e1:4', enabled: undefined }])
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

  it('says that its code cannot be fetched, and fetches it again when told', async () => {
    const { cart, asked, errors, tryAgain, real } = lateCart()
    cart.start()
    await asked[0]?.fail()
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
    tryAgain()
    await asked[1]?.come()
    expect(real().client.connection.get().name).toBe('connecting')
    tryAgain()
    expect(asked).toHaveLength(2)
  })

  it('reports a failure once, however often it was asked meanwhile', async () => {
    const { cart, asked, errors, tryAgain } = lateCart()
    cart.start()
    cart.start()
    cart.identify({ user: 8 })
    tryAgain()
    await asked[0]?.fail()
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
  })

  it('reports misuse as it is, and tries again only when it is started again', async () => {
    const { cart, asked, errors, tryAgain, real } = lateCart()
    cart.start()
    await asked[0]?.refuse()
    tryAgain()
    cart.identify({ user: 8 })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-channel'])
    expect(asked).toHaveLength(1)
    cart.start()
    await asked[1]?.come()
    expect(real().client.connection.get().name).toBe('connecting')
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
      identify: (word) => {
        identified.push(word)
        client.identify(word)
      },
    }))
    expect(identified).toEqual([{ user: 9, enabled: undefined }])
    expect(real().link().user).toBe('9')
  })

  it('reports what is wrong with the page even where it says nobody, once', () => {
    const problem = { code: 'invalid-page' } as CartEchoError
    const { cart, errors, tryAgain } = lateCart({ problems: [problem] })
    cart.start()
    tryAgain()
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
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', because: 'not-started' })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', because: 'not-started' })
  })

  it('is let go by whoever does so when it hears that it starts', async () => {
    const { cart, asked, real } = lateCart()
    const release = cart.start()
    cart.connection.subscribe(({ name }) => {
      if (name === 'connecting') release()
    })
    await asked[0]?.come()
    expect(real().client.connection.get()).toMatchObject({ name: 'idle', because: 'not-started' })
  })
})
