import { afterEach, describe, expect, it, vi } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { type CartEcho, type CartEchoOptions, createCartEcho } from '../src/index'
import { at } from './support/payloads'

const EVENT = 'cart.conditions.changed'

/** An Echo without a socket of its own to watch, as forks have it: its channels, and what is bound on them. */
const simpleEcho = () => {
  const channels = new Map<
    string,
    { listeners: Map<string, ((payload: unknown) => void)[]>; confirm: () => void; refuse: (error: unknown) => void }
  >()
  const join = (name: string) => {
    const listeners = new Map<string, ((payload: unknown) => void)[]>()
    const confirmations: (() => void)[] = []
    const refusals: ((error: unknown) => void)[] = []
    channels.set(name, {
      listeners,
      confirm: () => {
        for (const run of confirmations) run()
      },
      refuse: (error) => {
        for (const run of refusals) run(error)
      },
    })
    return {
      listen: (event: string, callback: (payload: unknown) => void) =>
        void listeners.set(event, [...(listeners.get(event) ?? []), callback]),
      stopListening: (event: string, callback: (payload: unknown) => void) =>
        void listeners.set(
          event,
          (listeners.get(event) ?? []).filter((one) => one !== callback),
        ),
      subscribed: (run: () => void) => void confirmations.push(run),
      error: (run: (error: unknown) => void) => void refusals.push(run),
    }
  }
  return {
    private: vi.fn(join),
    leave: vi.fn(),
    /** The server sends an event; Echo's leading dot is left out. */
    send: (channel: string, payload: unknown, event = EVENT) => {
      for (const callback of channels.get(channel)?.listeners.get(`.${event}`) ?? []) callback(payload)
    },
    confirm: (channel: string) => channels.get(channel)?.confirm(),
    refuse: (channel: string, error: unknown) => channels.get(channel)?.refuse(error),
    /** How many callbacks are bound. */
    bound: () => [...channels.values()].flatMap(({ listeners }) => [...listeners.values()].flat()).length,
  }
}

const undo: (() => void)[] = []

/** A cart echo on a simple Echo, which shares with no other, stopped when the test is over. */
const listening = (options: Partial<CartEchoOptions> = {}) => {
  const echo = simpleEcho()
  const cart: CartEcho = createCartEcho({ user: 7, connect: connectEcho(echo), tabs: false, ...options })
  undo.push(cart.stop)
  return { echo, cart }
}

/** The details of what a target hears, until the test is over. */
const detailsOf = (target: EventTarget, name = 'cart-conditions-changed'): unknown[] => {
  const details: unknown[] = []
  const note = (event: Event) => details.push((event as CustomEvent).detail)
  target.addEventListener(name, note)
  undo.push(() => target.removeEventListener(name, note))
  return details
}

afterEach(() => {
  for (const run of undo.splice(0)) run()
  vi.restoreAllMocks()
})

describe('a change on the server', () => {
  it('arrives exactly once as callback, on document and on window, with the payload as it came', () => {
    const { echo, cart } = listening()
    const [onDocument, onWindow] = [detailsOf(document), detailsOf(window)]
    const heard: unknown[] = []
    cart.on(EVENT, (change) => heard.push(change))
    cart.start()
    expect(echo.private.mock.calls).toEqual([['App.Models.User.7']])
    const payload = at(1)
    echo.send('App.Models.User.7', payload)
    echo.send('App.Models.User.7', payload)
    for (const told of [heard, onDocument, onWindow]) {
      expect(told).toHaveLength(1)
      expect(told[0]).toEqual(payload)
      expect(told[0]).toBe(heard[0])
    }
  })

  it('takes the channel, the events and the target that were asked for', () => {
    const target = new EventTarget()
    const name = 'cart.stock.changed'
    const { echo, cart } = listening({ channel: 'shop.{user}', target, events: [name] as unknown as [] })
    const [onTarget, onDocument] = [detailsOf(target, 'cart-stock-changed'), detailsOf(document, 'cart-stock-changed')]
    cart.start()
    echo.send('shop.7', { left: 3 }, name)
    expect([onTarget, onDocument]).toEqual([[{ left: 3 }], []])
  })

  it('makes no DOM event with target null', () => {
    const { echo, cart } = listening({ target: null })
    const onWindow = detailsOf(window)
    const heard: unknown[] = []
    cart.on(EVENT, (change) => heard.push(change))
    cart.start()
    echo.send('App.Models.User.7', at(1))
    expect([heard.length, onWindow.length]).toEqual([1, 0])
  })

  it('arrives in both of two carts on one page, and once in the DOM', () => {
    const [one, other] = [listening(), listening()]
    const onDocument = detailsOf(document)
    const heard: string[] = []
    one.cart.on(EVENT, () => heard.push('one'))
    other.cart.on(EVENT, () => heard.push('other'))
    one.cart.start()
    other.cart.start()
    one.echo.send('App.Models.User.7', at(1))
    other.echo.send('App.Models.User.7', at(1))
    expect(heard).toEqual(['one', 'other'])
    expect(onDocument).toHaveLength(1)
  })

  it('does not arrive after stop(), which takes back its own callbacks and never leaves the channel', () => {
    const { echo, cart } = listening()
    const onDocument = detailsOf(document)
    cart.start()
    expect(echo.bound()).toBe(1)
    cart.stop()
    expect(echo.bound()).toBe(0)
    expect(echo.leave).not.toHaveBeenCalled()
    echo.send('App.Models.User.7', at(1))
    expect(onDocument).toEqual([])
  })

  it("of the last customer does not reach the next one's page, also when it waited for DOMContentLoaded", () => {
    const { echo, cart } = listening()
    const onDocument = detailsOf(document)
    Object.defineProperty(document, 'readyState', { configurable: true, value: 'loading' })
    undo.push(() => Reflect.deleteProperty(document, 'readyState'))
    cart.start()
    echo.send('App.Models.User.7', at(1))
    cart.identify({ user: 8 })
    echo.send('App.Models.User.8', at(2))
    expect(onDocument).toEqual([])
    document.dispatchEvent(new Event('DOMContentLoaded'))
    expect(onDocument).toEqual([at(2)])
  })
})

describe('the status', () => {
  it('that waits for DOMContentLoaded is not lost to news of this customer', async () => {
    const { echo, cart } = listening()
    const statuses = detailsOf(window, 'cart-echo-status') as { name: string }[]
    Object.defineProperty(document, 'readyState', { configurable: true, value: 'loading' })
    undo.push(() => Reflect.deleteProperty(document, 'readyState'))
    cart.start()
    echo.confirm('App.Models.User.7')
    // It makes the page stale, and tells nothing.
    echo.send('App.Models.User.7', 'broken')
    expect(cart.news.get()).toMatchObject({ last: null, stale: true })
    document.dispatchEvent(new Event('DOMContentLoaded'))
    expect(statuses.map(({ name }) => name)).toContain('live')
  })

  it('is told in the DOM, from the start to the stop', () => {
    const { echo, cart } = listening()
    const statuses = detailsOf(window, 'cart-echo-status') as { name: string }[]
    cart.start()
    echo.confirm('App.Models.User.7')
    expect(statuses.at(-1)).toBe(cart.connection.get())
    cart.stop()
    expect(statuses.map(({ name }) => name).filter((name, index, all) => name !== all[index - 1])).toEqual([
      'connecting',
      'live',
      'idle',
    ])
  })
})

describe('a refresh', () => {
  it('is announced in the DOM before it runs, and does not when that is prevented', async () => {
    const { cart } = listening()
    const runs: (string | null)[] = []
    cart.onRefresh(({ cursor }) => runs.push(cursor))
    const details = detailsOf(document, 'cart-echo-refresh')
    cart.start()
    await cart.refresh()
    const prevent = (event: Event) => event.preventDefault()
    document.addEventListener('cart-echo-refresh', prevent)
    undo.push(() => document.removeEventListener('cart-echo-refresh', prevent))
    await cart.refresh()
    expect([runs, details]).toEqual([[null], [{ cursor: null }, { cursor: null }]])
  })
})

describe('onError', () => {
  it('is console.error with our name, unless given', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { echo, cart } = listening()
    cart.start()
    echo.refuse('App.Models.User.7', { status: 403 })
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'not-authorised' })
    expect(log.mock.calls).toEqual([
      ['[cart-echo] not-authorised:', expect.objectContaining({ code: 'not-authorised', status: 403 })],
    ])
  })

  it('gets each trouble, and nothing is logged then', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const onError = vi.fn()
    const { echo, cart } = listening({ onError })
    cart.on(EVENT, () => {
      throw new Error('broken')
    })
    cart.start()
    echo.send('App.Models.User.7', 'broken')
    echo.send('App.Models.User.7', at(1))
    expect(onError.mock.calls.map(([error]) => error.code)).toEqual(['invalid-payload', 'listener-failed'])
    expect(log).not.toHaveBeenCalled()
  })
})
