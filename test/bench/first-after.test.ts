import { expect, it } from 'vitest'
import { firstAfter } from '../../bench/support/first-after'

const moments = (...given: readonly [string, number][]) => given.map(([shopper, atMs]) => ({ shopper, atMs }))

it('the first asks after a return are those of each shopper who asked then, once', () => {
  const returns = moments(['a', 10], ['b', 20], ['c', 30], ['a', 40])
  const asks = moments(['b', 5], ['a', 10], ['a', 15], ['b', 50], ['stranger', 55], ['a', 60])
  expect(firstAfter(returns, asks)).toEqual([10, 50])
})
