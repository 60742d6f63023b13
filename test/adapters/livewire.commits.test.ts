import { describe, expect, it } from 'vitest'
import { untilCommitted } from '../../src/adapters/livewire/commits'
import type { LivewireComponent, LivewireLike, MessageInterceptor } from '../../src/adapters/livewire/surface'
import { readTargets } from '../../src/adapters/livewire/targets'

// What Livewire 4 has and the stand-in has not: several messages of one component at a time.

/** A Livewire 4 whose messages end when told. */
const livewireOf = () => {
  const hooked = new Set<(message: MessageInterceptor) => void>()
  const send = (component: LivewireComponent, name: string, params: unknown[] = ['cart-updated']) => {
    const ends = { onError: () => {}, onFailure: () => {}, onCancel: () => {}, onFinish: () => {} }
    const on = (end: keyof typeof ends) => (callback: () => void) => Object.assign(ends, { [end]: callback })
    const actions = new Set([{ name, params }])
    for (const hear of hooked) {
      const [onError, onFailure] = [on('onError'), on('onFailure')]
      hear({ message: { component, actions }, onError, onFailure, onCancel: on('onCancel'), onFinish: on('onFinish') })
    }
    return ends
  }
  const livewire: LivewireLike = {
    dispatch: () => undefined,
    getByName: () => [],
    hook: () => () => undefined,
    interceptMessage: (callback) => {
      hooked.add(callback)
      return () => void hooked.delete(callback)
    },
  }
  return { livewire, send, hooked }
}

const [cart, counter]: LivewireComponent[] = [
  { id: 'one', name: 'cart' },
  { id: 'two', name: 'counter' },
]

const ask = (components: readonly (LivewireComponent | undefined)[]) => {
  const page = livewireOf()
  const abort = new AbortController()
  const ends: string[] = []
  const { isOurs } = readTargets('cart-updated')
  untilCommitted(page.livewire, abort.signal, {
    ask: () => components.filter((one) => one !== undefined),
    isOurs,
  }).then(
    () => ends.push('answered'),
    (error) => ends.push(String(error)),
  )
  return { ...page, abort, ends, turn: () => new Promise((resolve) => setTimeout(resolve, 0)) }
}

describe('a refresh that was asked of components', () => {
  it('is answered when the message with it is, not by another of the same component', async () => {
    const { send, ends, turn, hooked } = ask([cart])
    const island = send(cart as LivewireComponent, '__dispatch', ['saved'])
    const mine = send(cart as LivewireComponent, '__dispatch')
    island.onFinish()
    await turn()
    expect(ends).toEqual([])
    mine.onFinish()
    await turn()
    expect([ends, hooked.size]).toEqual([['answered'], 0])
  })

  it('is answered when all of them are', async () => {
    const { send, ends, turn } = ask([cart, counter])
    send(cart as LivewireComponent, '__dispatch').onFinish()
    await turn()
    expect(ends).toEqual([])
    send(counter as LivewireComponent, '__dispatch').onFinish()
    await turn()
    expect(ends).toEqual(['answered'])
  })

  it('has failed when one of them was cancelled', async () => {
    const { send, ends, turn, hooked } = ask([cart, counter])
    const message = send(counter as LivewireComponent, '__dispatch')
    message.onCancel()
    message.onFinish()
    await turn()
    expect([ends, hooked.size]).toEqual([['Error: Livewire could not refresh counter.'], 0])
  })

  it('is not waited for any longer when the page gives it up', async () => {
    const { ends, turn, hooked, abort } = ask([cart])
    abort.abort(new Error('given up'))
    await turn()
    expect([ends, hooked.size]).toEqual([['Error: given up'], 0])
  })
})
