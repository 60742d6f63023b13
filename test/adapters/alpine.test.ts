import { expect, it } from 'vitest'
import { cartEcho } from '../../src/adapters/alpine'

it('says how to write it when the cart was forgotten', () => {
  expect(() => cartEcho(undefined as never)).toThrow('Alpine.plugin(cartEcho(cart))')
  expect(() => cartEcho({ version: '3.17.5' } as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
})
