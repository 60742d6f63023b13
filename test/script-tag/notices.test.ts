import { describe, expect, it } from 'vitest'
import type { CartEchoError } from '../../src/engine/errors'
import { earlyError } from '../../src/script-tag/early-error'
import { bringNotices } from '../../src/script-tag/notices'
import { fakeEnvironment } from '../support/fake-environment'
import { listeningClient } from '../support/listening-client'

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** Notices that come for a cart, or do not; and what is left on its page. */
const brought = () => {
  const environment = fakeEnvironment()
  const errors: CartEchoError[] = []
  const asked: { come: () => Promise<void>; fail: () => Promise<void> }[] = []
  const { client: cart } = listeningClient({ identity: { user: 7 } })
  const load = () =>
    new Promise<void>((resolve, reject) => {
      asked.push({
        come: () => {
          resolve()
          return turn()
        },
        fail: () => {
          reject(earlyError('not-loaded', 'blocked'))
          return turn()
        },
      })
    })
  bringNotices({ cart, environment, load, onError: (error) => errors.push(error) })
  return { cart, environment, errors, asked, left: () => [environment.pending(), environment.watching()] }
}

describe('what shows notices', () => {
  it('is fetched once, when the cart listens', async () => {
    const { cart, asked, left } = brought()
    expect(asked).toHaveLength(0)
    cart.start()
    cart.start()
    await asked[0]?.come()
    cart.identify({ user: 8 })
    cart.stop()
    cart.start()
    expect(asked).toHaveLength(1)
    expect(left()).toEqual([0, 0])
  })

  it('is fetched again by itself, later each time, and said once', async () => {
    const { cart, environment, errors, asked, left } = brought()
    cart.start()
    await asked[0]?.fail()
    for (const waitMs of [1_000, 2_000, 4_000]) {
      environment.advance(waitMs - 1)
      const { length } = asked
      environment.advance(1)
      expect(asked).toHaveLength(length + 1)
      await asked.at(-1)?.fail()
    }
    environment.advance(8_000)
    await asked.at(-1)?.come()
    expect(asked).toHaveLength(5)
    expect(errors.map(({ code }) => code)).toEqual(['not-loaded'])
    expect(left()).toEqual([0, 0])
  })

  it.each([
    ['hidden', 'visible'],
    ['offline', 'online'],
  ] as const)('is not fetched while the page is %s, and at once when it is %s', async (away, back) => {
    const { cart, environment, asked } = brought()
    cart.start()
    await asked[0]?.fail()
    environment.signal(away)
    environment.advance(600_000)
    expect(asked).toHaveLength(1)
    environment.signal(back)
    expect(asked).toHaveLength(2)
  })

  it('is not fetched any more when the cart has stopped, also where that was meanwhile', async () => {
    const { cart, environment, errors, asked, left } = brought()
    cart.start()
    await asked[0]?.fail()
    cart.stop()
    expect(left()).toEqual([0, 0])
    environment.signal('visible')
    environment.advance(600_000)
    expect(asked).toHaveLength(1)
    cart.start()
    cart.stop()
    await asked[1]?.fail()
    expect(left()).toEqual([0, 0])
    expect(errors).toHaveLength(1)
  })
})
