import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStandIn } from '../../examples/livewire/stand-in'
import { livewire } from '../../src/adapters/livewire'
import { echo as connectEcho } from '../../src/connections/echo'
import { createCartEcho } from '../../src/index'
import { fakeEcho } from '../support/fake-echo'
import { pass } from '../support/fake-timers'
import { at } from '../support/payloads'
import { answerWith, component } from './livewire-shop'

// Livewire listens to the shopper's channel itself, on the same Echo (livewire js/features/supportLaravelEcho.js).

const CHANNEL = 'App.Models.User.1'
const OWN = `echo-private:${CHANNEL},.cart.conditions.changed`

const stops: (() => void)[] = []

beforeEach(() => void vi.useFakeTimers())

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  document.body.replaceChildren()
  vi.useRealTimers()
})

const turn = () => pass(100)

describe('beside a listener of Livewire on the same channel', () => {
  it('both hear each change once, and the bridge goes on when Livewire takes its own away', async () => {
    const names = [OWN, 'cart-conditions-changed']
    document.body.innerHTML = component('cart', { listeners: names })
    const calls: string[] = []
    const send = async (_url: string, { body }: RequestInit) => {
      const { components } = JSON.parse(String(body)) as {
        components: { calls: { params: string[] }[]; snapshot: string }[]
      }
      for (const { params } of components.flatMap((one) => one.calls)) calls.push(String(params[0]))
      return answerWith(
        200,
        JSON.stringify({ components: components.map(({ snapshot }) => ({ snapshot, effects: {} })) }),
      )
    }
    const standIn = createStandIn({ send })
    const echo = fakeEcho('connected')
    const cart = createCartEcho({ user: 1, connect: connectEcho(echo), tabs: false })
    stops.push(livewire(cart, { refresh: false }), cart.stop, standIn.stop)
    standIn.load()
    standIn.start()
    cart.start()
    const theirs = (payload: unknown) => standIn.Livewire.dispatchTo('cart', OWN, [payload])
    echo.private(CHANNEL).listen('.cart.conditions.changed', theirs)
    await turn()
    echo.confirm()
    echo.send(at(1))
    await turn()
    expect(calls.sort()).toEqual([...names].sort())
    echo.private(CHANNEL).stopListening('.cart.conditions.changed', theirs)
    echo.send(at(2))
    await turn()
    expect(calls).toHaveLength(3)
    expect(calls.filter((name) => name === OWN)).toHaveLength(1)
  })
})
