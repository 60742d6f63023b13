import { describe, expect, it, vi } from 'vitest'
import { createPageCart } from '../../src/cdn/page-cart'
import type { CartEcho } from '../../src/core/cart-echo'
import { CartEchoError } from '../../src/core/errors'
import type { CartEchoOptions } from '../../src/create-cart-echo'
import type { PageSettings } from '../../src/dom/page'
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
        return listeningClient({ word: options }).client
      },
    },
    notice: { showNotices: (cart: CartEcho) => shown.push(cart) },
  }
  const importPart = async (part: string) => {
    asked.push(part)
    if (failing.includes(part)) throw new CartEchoError('not-loaded', part)
    return parts[part] as never
  }
  return { ...createPageCart({ read: () => settings, given, importPart, hasNotices }), made, asked, shown, failing }
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

  it('has notices come with its code, and tries again where they could not be fetched', async () => {
    const logged = errorsOf()
    const failing = ['notice']
    const { start, shown, tryAgain, asked, cart } = pageCart({ user: 7 }, { hasNotices: true, failing })
    tryAgain()
    expect(asked).toEqual([])
    cart.identify({ user: 7 })
    start()
    await expect.poll(() => asked).toEqual(['engine', 'notice'])
    await expect.poll(() => logged).toHaveBeenCalledTimes(1)
    failing.length = 0
    tryAgain()
    tryAgain()
    await expect.poll(() => shown).toEqual([cart])
    expect(asked).toEqual(['engine', 'notice', 'notice'])
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
