import { describe, expect, it, vi } from 'vitest'
import type { CartEchoOptions } from '../../src/create-cart-echo'
import type { CartEcho } from '../../src/engine/cart-echo'
import { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import type { PageSettings } from '../../src/page/block'
import { createPageCart } from '../../src/script-tag/page-cart'
import { fakeEnvironment } from '../support/fake-environment'
import { listeningClient } from '../support/listening-client'

/** A page's cart, the options its code was made with, and the parts that were asked for. */
const pageCart = (
  settings: PageSettings,
  { hasNotices = false, failing = [] as string[], given = {} as Partial<CartEchoOptions> } = {},
) => {
  const made: Partial<CartEchoOptions>[] = []
  const asked: string[] = []
  const shown: CartEcho[] = []
  const parts: Record<string, object> = {
    engine: {
      createFromPage: (options: Partial<CartEchoOptions>) => {
        made.push(options)
        return listeningClient({ identity: options }).client
      },
    },
    notice: { showNotices: (cart: CartEcho) => shown.push(cart) },
  }
  const importPart = async (part: string) => {
    asked.push(part)
    if (failing.includes(part)) throw new CartEchoError('not-loaded', part)
    return parts[part] as never
  }
  const environment = fakeEnvironment()
  const page = createPageCart({ environment, read: () => settings, given, importPart, hasNotices })
  return { ...page, environment, made, asked, shown, failing }
}

const errorsOf = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

describe('the cart of a page with the script tag', () => {
  it('is of what the page says, with the options over it', async () => {
    const { start, made } = pageCart(
      { user: 7, cursor: 'e1:4', check: { url: '/page' } },
      { given: { events: ['cart.stock.changed' as never] } },
    )
    start({ check: '/mine', instance: 'wishlist' })
    await expect.poll(() => made.length).toBe(1)
    expect(made[0]).toMatchObject({
      user: 7,
      cursor: 'e1:4',
      check: '/mine',
      instance: 'wishlist',
      events: ['cart.stock.changed'],
    })
  })

  it('is somebody’s when only the options say whose', async () => {
    const { start, made } = pageCart({})
    start({ user: 9 })
    await expect.poll(() => made[0]?.user).toBe(9)
  })

  it('says nothing in the console where a page has only a check, and no Echo comes', async () => {
    const logged = errorsOf()
    const checkOnly = pageCart({ user: 7, check: { url: '/check' } })
    checkOnly.onError(new CartEchoError('no-echo', ''))
    expect(logged).not.toHaveBeenCalled()
    const withReverb = pageCart({ user: 7, check: { url: '/check' }, reverb: { key: 'k' } })
    withReverb.onError(new CartEchoError('no-echo', ''))
    pageCart({ user: 7 }).onError(new CartEchoError('no-echo', ''))
    checkOnly.onError(new CartEchoError('bad-status' as never, ''))
    expect(logged).toHaveBeenCalledTimes(3)
    logged.mockRestore()
  })

  it('tells the onError it was given', async () => {
    const errors: string[] = []
    const { start } = pageCart({ user: 7 }, { failing: ['engine'] })
    start({ onError: ({ code }) => errors.push(code) })
    await expect.poll(() => errors).toEqual(['not-loaded'])
  })

  it('takes options again where its code could not be fetched, and not where it was', async () => {
    const failing = ['engine']
    const { start, made } = pageCart({ user: 7 }, { failing })
    const errors: string[] = []
    start({ onError: ({ code }) => errors.push(code) })
    await expect.poll(() => errors).toEqual(['not-loaded'])
    failing.length = 0
    start({ instance: 'wishlist' })
    await expect.poll(() => made[0]?.instance).toBe('wishlist')
    expect(() => start({ instance: 'default' })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(start()).toBeTypeOf('function')
  })

  it('says on document how it is before its code is there, and that says it then', async () => {
    const states: string[] = []
    const hear = ({ detail }: CustomEvent<Connection>) => states.push(`${detail.name}: ${detail.reason}`)
    document.addEventListener('cart-echo-status', hear)
    const { start, cart } = pageCart({ user: 7 })
    start({})
    await expect.poll(() => cart.connection.get().reason).toBe('finding-echo')
    const silent = pageCart({ user: 7 })
    silent.start({ target: null })
    const target = new EventTarget()
    const elsewhere = pageCart({})
    target.addEventListener('cart-echo-status', hear as never)
    elsewhere.start({ target })
    document.removeEventListener('cart-echo-status', hear)
    // The client of this test dispatches nothing itself.
    expect(states).toEqual(['connecting: loading', 'idle: no-user'])
  })

  it('takes options while its code is fetched again, and no more when that is there', async () => {
    const logged = errorsOf()
    const { start, made, environment, failing, cart } = pageCart({ user: 7 }, { failing: ['engine'] })
    start({})
    await expect.poll(() => cart.connection.get().name).toBe('waiting')
    failing.length = 0
    environment.advance(1_000)
    start({ instance: 'wishlist' })
    await expect.poll(() => made[0]?.instance).toBe('wishlist')
    expect(() => start({})).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    logged.mockRestore()
  })

  it('does not count options that are undefined as given', async () => {
    const { start, made } = pageCart({ user: 7, owner: 'h7', check: { url: '/page' } })
    start({
      connect: undefined,
      echo: undefined,
      user: undefined,
      owner: undefined,
      check: undefined,
      events: undefined,
    })
    await expect.poll(() => made.length).toBe(1)
    expect(Object.keys(made[0] ?? {})).not.toContain('connect')
    expect(made[0]).toMatchObject({ user: 7, owner: 'h7', check: { url: '/page' } })
  })

  it('is of one word alone, not of the page’s owner and another user', async () => {
    const settings: PageSettings = { user: 7, owner: 'h7', cursor: 'e1:4', guest: true, check: { url: '/page' } }
    const { cart, page, start, made } = pageCart(settings)
    cart.identify(page())
    start()
    cart.identify({ user: 8 })
    await expect.poll(() => made.length).toBe(1)
    expect(made[0]).toEqual(expect.objectContaining({ check: { url: '/page' } }))
    const { user, owner, cursor, guest } = made[0] ?? {}
    expect({ user, owner, cursor, guest }).toEqual({ user: 7, owner: 'h7', cursor: 'e1:4', guest: true })
    const other = pageCart(settings)
    other.cart.identify({ user: 8 })
    other.start()
    await expect.poll(() => other.made.length).toBe(1)
    const asked = other.made[0] ?? {}
    expect([asked.user, asked.owner, asked.cursor, asked.guest]).toEqual([8, undefined, undefined, undefined])
  })

  it('throws at once for a user that is none, and takes nothing of it', async () => {
    const { start, made, cart } = pageCart({ user: 7 })
    expect(() => start({ user: 'undefined', instance: 'wishlist' })).toThrow(
      expect.objectContaining({ code: 'invalid-user' }),
    )
    cart.identify({ user: 7 })
    start()
    await expect.poll(() => made.length).toBe(1)
    expect(made[0]).toMatchObject({ user: 7 })
    expect(made[0]).not.toHaveProperty('instance')
  })

  it('says once that the page contradicts itself, also where its code is asked for all the same', async () => {
    const problem = new CartEchoError('page-conflict', 'for the test')
    const errors: string[] = []
    const { start, made, cart } = pageCart({ problems: [problem] })
    start({ onError: ({ code }) => errors.push(code) })
    start()
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'page-conflict' })
    await expect(cart.check()).rejects.toMatchObject({ code: 'cannot-check' })
    expect(made).toHaveLength(1)
    expect(cart.connection.get()).toMatchObject({ name: 'refused', reason: 'page-conflict' })
    expect(errors).toEqual(['page-conflict'])
  })

  it('has notices come with its code, and tries again by itself where they could not be fetched', async () => {
    const logged = errorsOf()
    const failing = ['notice']
    const { start, shown, asked, cart, environment } = pageCart({ user: 7 }, { hasNotices: true, failing })
    expect(asked).toEqual([])
    cart.identify({ user: 7 })
    const stop = start()
    await expect.poll(() => asked).toEqual(['engine', 'notice'])
    await expect.poll(() => logged).toHaveBeenCalledTimes(1)
    stop()
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    environment.advance(600_000)
    expect(asked).toHaveLength(2)
    start()
    await expect.poll(() => environment.pending()).toBe(1)
    failing.length = 0
    environment.advance(2_000)
    await expect.poll(() => shown).toEqual([cart])
    expect(asked).toEqual(['engine', 'notice', 'notice', 'notice'])
    expect([environment.pending(), environment.watching()]).toEqual([0, 0])
    logged.mockRestore()
  })

  it('is none the worse for an onError that throws', async () => {
    const { cart, start, made } = pageCart({ user: 7 })
    cart.on('cart.no.such' as never, () => undefined)
    start({
      onError: () => {
        throw new Error('broken')
      },
    })
    await expect.poll(() => made.length).toBe(1)
    await expect.poll(() => cart.connection.get().name).toBe('connecting')
  })
})
