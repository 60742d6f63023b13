import { describe, expect, it } from 'vitest'
import { echo } from '../src/connections/echo'
import { reverb } from '../src/connections/reverb'
import { type CartEchoOptions, createCartEchoIn } from '../src/create-cart-echo'
import * as several from '../src/tabs/tabs'
import { openFakeBrowser } from './support/fake-browser'
import { fakeEnvironment } from './support/fake-environment'

/** A cart echo's options, and where its check is; null: nowhere. */
type Opened = Omit<Partial<CartEchoOptions>, 'check'> & { url?: string | null }

/** A browser whose tabs ask a check of their own, which counts. */
const openBrowser = () => {
  let drawn = 0
  const clock = fakeEnvironment({
    random: () => {
      drawn += 1
      return (drawn * 0.618) % 1
    },
  })
  const browser = openFakeBrowser(clock)
  const asked: string[] = []
  const errors: string[] = []
  const open = ({ url = 'https://shop.test/check', ...more }: Opened = {}) => {
    const tab = browser.open()
    const answering = async (address: string | URL | Request) => {
      asked.push(String(address))
      const query = new URL(String(address)).searchParams
      const fresh = query.get('fresh')
      const block = {
        owner: query.get('owner') ?? 'mine',
        cursor: query.get('since') ?? 'e1:0',
        events: [],
        reset: false,
        fresh,
      }
      return Response.json({ updated: false, message: null, cart_echo: block })
    }
    const cart = createCartEchoIn(
      tab.environment,
      {
        user: 7,
        cursor: 'e1:0',
        target: null,
        onError: ({ code }) => errors.push(code),
        ...(url ? { check: { url, fetch: answering as typeof fetch } } : {}),
        ...more,
      },
      () => tab.ports,
      async () => several,
    )
    cart.start()
    return cart
  }
  return { open, asked, errors, names: browser.names, pass: (ms: number) => clock.advanceTurnByTurn(ms) }
}

describe('tabs of one shopper', () => {
  it('share by default: one of them asks', async () => {
    const { open, asked, names, pass } = openBrowser()
    for (let count = 0; count < 3; count += 1) open()
    await pass(1_000)
    expect(names()).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })

  it('do not when they are told so', async () => {
    const { open, asked, names, pass } = openBrowser()
    for (let count = 0; count < 3; count += 1) open({ tabs: false })
    await pass(1_000)
    expect(names()).toEqual([])
    expect(asked).toHaveLength(3)
  })

  it('do not touch what they would share before they are started', () => {
    let touched = 0
    createCartEchoIn(fakeEnvironment(), { user: 7, check: '/check', target: null }, () => {
      touched += 1
      return null
    })
    expect(touched).toBe(0)
  })
})

describe('tabs never meet', () => {
  const app = (key: string) => reverb({ key })

  it.each<[string, Opened, Opened]>([
    ['of two customers', { user: 7 }, { user: 8 }],
    ['of two owners', { owner: 'a' }, { owner: 'b' }],
    ['of a page that says its owner and one that does not', { owner: 'a' }, {}],
    ['of a customer and a guest', { user: 7, owner: 'a' }, { user: null, guest: true, owner: 'a' }],
    ['of two shops, whose checks are elsewhere', {}, { url: 'https://shop.test/other/check' }],
    ['of two Reverb apps', { connect: app('one') }, { connect: app('two') }],
    ['with and without an Echo', { connect: app('one') }, {}],
    ['with two channels', { connect: app('one') }, { connect: app('one'), channel: 'cart.{user}' }],
    ['with and without a check', { connect: app('one') }, { connect: app('one'), url: null }],
    ['that listen to other events', {}, { events: ['order.shipped' as never] }],
  ])('%s', async (_whose, one, other) => {
    const { open, names, pass } = openBrowser()
    const carts = [open(one), open(other)]
    await pass(10)
    expect(names()).toHaveLength(2)
    for (const cart of carts) cart.stop()
  })

  it('of visitors whom nothing tells from each other', async () => {
    const { open, asked, names, pass } = openBrowser()
    for (let count = 0; count < 2; count += 1) open({ user: null, guest: true })
    await pass(1_000)
    expect(names()).toEqual([])
    expect(asked).toHaveLength(2)
  })

  it.each<[string, () => unknown]>([
    ['is not there yet', () => undefined],
    [
      'cannot be asked yet',
      () => {
        throw new Error('not configured')
      },
    ],
    ['says no key', () => ({ private: () => ({ listen: () => undefined }) })],
  ])('where nothing but an Echo that %s could tell two shops apart', async (_what, getter) => {
    const { open, names, pass } = openBrowser()
    const carts = [0, 1].map(() => open({ url: null, connect: echo(getter as () => null) }))
    await pass(10)
    expect(names()).toEqual([])
    for (const cart of carts) cart.stop()
  })

  it('where two shops of one origin differ in nothing but the key of their Echo', async () => {
    const { open, names, pass } = openBrowser()
    const getter = (key: string) => () => ({ options: { key }, private: () => ({ listen: () => undefined }) })
    const carts = ['one', 'two', 'two'].map((key) => open({ url: null, connect: echo(getter(key)) }))
    await pass(10)
    expect(names()).toHaveLength(2)
    for (const cart of carts) cart.stop()
  })

  it('in the seconds in which one customer logs out and another in', async () => {
    const { open, asked, errors, names, pass } = openBrowser()
    const [first, second] = [open({ user: 7, owner: 'a' }), open({ user: 7, owner: 'a' })]
    await pass(1_000)
    first.identify({ user: null })
    await pass(1_000)
    first.identify({ user: 8, owner: 'b', cursor: 'e9:3' })
    await pass(1_000)
    expect(names()).toHaveLength(2)
    expect(second.connection.get().name).toBe('polling')
    // The last is of the second: somebody else has logged in, so it has the check say whether its own still is.
    expect(asked.map((address) => new URL(address).searchParams.get('owner'))).toEqual(['a', 'a', 'b', 'a'])
    expect(errors).toEqual([])
  })
})
