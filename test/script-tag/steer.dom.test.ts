import { afterEach, expect, it } from 'vitest'
import { createFromPage } from '../../src/script-tag/engine'
import { fakeEcho } from '../support/fake-echo'

const reverb = { key: 'k', host: 'shop.test' }

const created = (options: object) => {
  const fetched: string[] = []
  const importPart = async (part: string) => {
    fetched.push(part)
    throw new Error('Not in this test.')
  }
  const cart = createFromPage({ user: 1, target: null, onError: () => undefined, ...options }, importPart as never)
  return { cart, fetched }
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'Echo')
})

it('opens an Echo of its own where the page has only said where Reverb is, with `steer` as without', async () => {
  for (const steer of [undefined, false, true]) {
    const { cart, fetched } = created({ reverb, steer })
    cart.start()
    await new Promise((resolve) => setTimeout(resolve, 50))
    cart.stop()
    expect({ steer, fetched }).toEqual({ steer, fetched: ['laravel-echo', 'pusher'] })
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
    const { cart, fetched } = created({ steer })
    cart.start()
    cart.identify({ user: 1, reverb })
    await new Promise((resolve) => setTimeout(resolve, 50))
    cart.stop()
    expect({ steer, fetched }).toEqual({ steer, fetched: ['laravel-echo', 'pusher'] })
  }
})
