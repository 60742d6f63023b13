import { describe, expect, it } from 'vitest'
import type { CartEcho } from '../../src/engine/cart-echo'
import { inspect } from '../../src/inspector/inspect'

describe('on a server', () => {
  it('nothing is shown, and no global touched', () => {
    expect(typeof document).toBe('undefined')
    const cart = {} as CartEcho
    expect(inspect(cart)()).toBeUndefined()
    expect(inspect(cart, { byAddress: true })()).toBeUndefined()
  })
})
