import { describe, expect, it } from 'vitest'
import { openShopperTabs } from '../support/shopper-tabs'

// A tool is told of the tabs in the middle of what makes them.

describe('a tool that is told of the tabs', () => {
  it('and asks, when the first other tab comes, is answered, and so is all that is asked later', async () => {
    const { open, pass } = openShopperTabs()
    const first = open()
    const answers: string[] = []
    const ask = (): void => void first.cart.check({ refresh: false }).then(() => answers.push('answered'))
    const stop = first.cart.trace(({ name }) => {
      if (name !== 'tabs') return
      stop()
      ask()
    })
    const second = open()
    await pass(5_000)
    ask()
    await pass(5_000)
    expect(answers).toEqual(['answered', 'answered'])
    for (const { cart } of [first, second]) cart.stop()
  })
})
