import { expect, it } from 'vitest'
import { openShopperTabs } from '../../support/shopper-tabs'

it('a tab that is looked at is told everything by a hidden leader, also when a stream of changes has a hole', async () => {
  const { open, pass, shop, pages } = openShopperTabs()
  open()
  await pass(1_000)
  open()
  await pass(1_000)
  pages[0]?.tab.signal('hidden')
  const stream = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 1) {
      shop.commit('ours')
      await pass(3_000)
    }
  }
  await stream(40)
  shop.setFate('dropped')
  await stream(1)
  shop.setFate('delivered')
  await stream(3)
  expect(pages.map(({ told }) => told.length)).toEqual([44, 44])
  for (const { cart } of pages) cart.stop()
})
