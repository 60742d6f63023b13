import { afterEach, expect, it } from 'vitest'
import { createFromPage } from '../../src/script-tag/engine'
import { fakeEcho } from '../support/fake-echo'
import { fakeSockets } from '../support/fake-socket'

const reverb = { key: 'k', host: 'shop.test' }

const created = (options: object) => {
  const sockets = fakeSockets()
  const cart = createFromPage(
    { user: 1, target: null, onError: () => undefined, ...options },
    () => new Promise(() => undefined),
  )
  return { cart, dialled: () => sockets.map(({ url }) => new URL(url).host) }
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'Echo')
})

it('opens a socket of its own where the page has only said where Reverb is, with `steer` as without', async () => {
  for (const steer of [undefined, false, true]) {
    const { cart, dialled } = created({ reverb, steer })
    cart.start()
    await new Promise((resolve) => setTimeout(resolve, 50))
    cart.stop()
    expect({ steer, dialled: dialled() }).toEqual({ steer, dialled: ['shop.test'] })
  }
})

it('steers the Echo on the window when told to', async () => {
  for (const steer of [false, true]) {
    const echo = fakeEcho('connected')
    let disconnections = 0
    const disconnect = () => {
      disconnections += 1
    }
    Object.assign(echo.connector.pusher, { connect: () => undefined, disconnect })
    Object.assign(globalThis, { Echo: echo })
    const { cart } = created({ reverb, steer })
    cart.start()
    echo.connector.pusher.connection.emit('connecting_in', 1)
    await Promise.resolve()
    cart.stop()
    expect({ steer, disconnections }).toEqual({ steer, disconnections: Number(steer) })
  }
})

it('goes to the Reverb that a later page of the visit says first, with `steer` as without', async () => {
  for (const steer of [false, true]) {
    const { cart, dialled } = created({ steer })
    cart.start()
    cart.identify({ user: 1, reverb })
    await new Promise((resolve) => setTimeout(resolve, 50))
    cart.stop()
    expect({ steer, dialled: dialled() }).toEqual({ steer, dialled: ['shop.test'] })
  }
})
