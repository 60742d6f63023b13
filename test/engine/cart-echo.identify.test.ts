import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identifyWithoutThrowing } from '../../src/engine/cart-echo'
import { CartEchoError } from '../../src/engine/errors'
import type { PageIdentity } from '../../src/engine/identity'
import { openCart } from '../support/open-cart'

/** What a cart is told in the end, with the codes of its problems. */
const told = (identity: PageIdentity) => {
  const { cart } = openCart()
  const { problems, ...rest } = said(cart, identity)
  cart.stop()
  return { ...rest, problems: problems?.map(({ code }) => code) }
}

const said = (cart: { identify: (identity: PageIdentity) => void }, identity: PageIdentity): PageIdentity => {
  let last: PageIdentity = {}
  identifyWithoutThrowing(
    {
      identify: (next) => {
        cart.identify(next)
        last = next
      },
    },
    identity,
  )
  return last
}

describe('an identity that is said without throwing', () => {
  it('is the very same where all of it can be read', () => {
    const identity = { user: 7, owner: 'mine', cursor: 'e1:3', enabled: false }
    const { cart } = openCart()
    expect(said(cart, identity)).toBe(identity)
    cart.stop()
  })

  it.each<[string, object, string, object]>([
    ['user', { user: 'undefined' }, 'invalid-user', { user: null }],
    ['cursor', { cursor: 'three' }, 'invalid-cursor', { cursor: null }],
    ['channel', { channel: 'App.Models.User.7' }, 'invalid-channel', { user: null, channel: undefined }],
    ['channel', { channel: 7 }, 'invalid-channel', { user: null, channel: undefined }],
    ['check', { check: '' }, 'invalid-options', { user: null, check: undefined, reverb: undefined }],
    [
      'check',
      { check: { url: '/c', intervalMs: Number.NaN } },
      'invalid-options',
      { user: null, check: undefined, reverb: undefined },
    ],
  ])('is without a %s that cannot be read, keeps the rest, and says so: %j', (_what, part, code, left) => {
    expect(told({ user: 7, owner: 'mine', ...part } as PageIdentity)).toEqual({
      user: 7,
      owner: 'mine',
      ...part,
      ...left,
      problems: [code],
    })
  })

  it('is without all of it that cannot be read, each with its problem, after those it had', () => {
    const earlier = new CartEchoError('invalid-page', 'The port was left out.')
    const identity = { user: Number.NaN, cursor: 'x', channel: 'x', check: '', problems: [earlier] } as PageIdentity
    expect(told(identity).problems).toEqual([
      'invalid-page',
      'invalid-user',
      'invalid-cursor',
      'invalid-options',
      'invalid-channel',
    ])
  })

  it('is nobody’s where it breaks as it is read, and says so in the words of that', () => {
    const { cart, errors } = openCart()
    const identity = {
      user: 7,
      get cursor(): string {
        throw new TypeError('broken by the page')
      },
    }
    identifyWithoutThrowing(cart, identity)
    expect(cart.connection.get().reason).toBe('no-user')
    expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual(['invalid-page: broken by the page'])
    cart.stop()
  })

  it('never throws, whatever it was', () => {
    for (const identity of [
      null,
      undefined,
      { problems: {} },
      {
        get user() {
          throw new Error('broken')
        },
      },
    ]) {
      const { cart } = openCart()
      expect(() => identifyWithoutThrowing(cart, identity as PageIdentity)).not.toThrow()
      cart.stop()
    }
    const anything = fc.anything()
    const words = fc.record({ user: anything, cursor: anything, channel: anything, check: anything, reverb: anything })
    fc.assert(
      fc.property(words, (identity) => {
        const { cart } = openCart()
        expect(() => identifyWithoutThrowing(cart, identity as PageIdentity)).not.toThrow()
        cart.stop()
      }),
    )
  })
})
