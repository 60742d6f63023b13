import { expect, it } from 'vitest'
import { echo } from '../../src/connections/echo'
import { reverb } from '../../src/connections/reverb'
import { openCart } from '../support/open-cart'

const settings = { key: 'k', host: 'shop.test' }
const WORDS = 'It is reverb({…}): give connect that itself.'

it('says what to do where echo() is given what reverb() gives', () => {
  expect(() => echo(reverb(settings) as never)).toThrow(WORDS)
})

it('says so where it is given a getter of that', async () => {
  const { errors, pass } = openCart({ connect: echo((() => reverb(settings)) as never) })
  await pass(21_000)
  expect(errors.map(({ code, message }) => [code, message])).toEqual([['no-echo', expect.stringContaining(WORDS)]])
})
