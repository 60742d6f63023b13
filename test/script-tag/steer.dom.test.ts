import { afterEach, expect, it } from 'vitest'
import { echo } from '../../src/connections/echo'
import { createFromPage } from '../../src/script-tag/engine'
import { connectPage } from '../../src/script-tag/page-echo'
import { fakeEcho } from '../support/fake-echo'
import { fakeSockets } from '../support/fake-socket'

const reverb = { key: 'k', host: 'shop.test' }

const created = async (options: object) => {
  const sockets = fakeSockets()
  const connect = await connectPage(options, async () => ({ echo }))
  const page = { user: 1, target: null, onError: () => undefined, ...options, connect }
  const cart = createFromPage(page, () => new Promise(() => undefined))
  return { cart, dialled: () => sockets.map(({ url }) => new URL(url).host) }
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'Echo')
})

it('opens a socket of its own where the page has only said where Reverb is, with `steer` as without', async () => {
  for (const steer of [undefined, false, true]) {
    const { cart, dialled } = await created({ reverb, steer })
    cart.start()
    await expect.poll(dialled, { message: `steer: ${steer}` }).toEqual(['shop.test'])
    cart.stop()
  }
})

it('steers the Echo on the window when told to', async () => {
  for (const steer of [false, true]) {
    const own = fakeEcho('connected')
    let disconnections = 0
    const disconnect = () => {
      disconnections += 1
    }
    Object.assign(own.connector.pusher, { connect: () => undefined, disconnect })
    Object.assign(globalThis, { Echo: own })
    // Alone: with other tabs the browser's lock would have to be waited for.
    const { cart } = await created({ reverb, steer, tabs: false })
    cart.start()
    own.connector.pusher.connection.emit('connecting_in', 1)
    await Promise.resolve()
    cart.stop()
    expect({ steer, disconnections }).toEqual({ steer, disconnections: Number(steer) })
  }
})

it('goes to the Reverb that a later page of the visit says first, with `steer` as without', async () => {
  for (const steer of [false, true]) {
    const { cart, dialled } = await created({ steer })
    cart.start()
    cart.identify({ user: 1, reverb })
    await expect.poll(dialled, { message: `steer: ${steer}` }).toEqual(['shop.test'])
    cart.stop()
  }
})
