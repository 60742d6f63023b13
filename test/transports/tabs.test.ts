import { describe, expect, it } from 'vitest'
import { openShopperTabs } from '../support/shopper-tabs'

describe('five tabs of a shopper', () => {
  const five = async () => {
    const shopper = openShopperTabs()
    for (let count = 0; count < 5; count += 1) {
      shopper.open()
      await shopper.pass(1_000)
    }
    return shopper
  }

  it('open one socket and make one request', async () => {
    const { shop, pages, pass } = await five()
    await pass(10_000)
    expect(pages.map(({ cart }) => cart.connection.get().name)).toEqual(Array(5).fill('live'))
    expect(shop.counts).toMatchObject({ sockets: 1, checks: 1 })
  })

  it('are told each change once', async () => {
    const { shop, pages, pass } = await five()
    for (let count = 0; count < 3; count += 1) {
      shop.commit('ours')
      await pass(100)
    }
    expect(pages.map(({ told }) => told.map(({ seq, via }) => `${seq} ${via}`))).toEqual(
      Array(5).fill(['1 socket', '2 socket', '3 socket']),
    )
    expect(shop.counts.checks).toBe(1)
  })

  it('that see one hole cause one request', async () => {
    const { shop, pages, pass } = await five()
    shop.setFate('dropped')
    shop.commit('ours')
    shop.setFate('delivered')
    shop.commit('ours')
    await pass(5_000)
    expect(pages.map(({ told }) => told.map(({ seq }) => seq))).toEqual(Array(5).fill([1, 2]))
    expect(shop.counts.checks).toBe(2)
  })
})
