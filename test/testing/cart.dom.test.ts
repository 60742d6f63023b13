import { afterEach, describe, expect, it } from 'vitest'
import { createFakeCart, type FakeCart, type FakeCartOptions } from '../../src/testing/testing'

const open: FakeCart[] = []

const listening = async (options?: FakeCartOptions): Promise<FakeCart> => {
  const fake = createFakeCart(options)
  open.push(fake)
  fake.cart.start()
  await fake.settle()
  return fake
}

/** The details of a document's events of that name, until the test is over. */
const details = (name: string): unknown[] => {
  const found: unknown[] = []
  const listener = (event: Event): void => void found.push((event as CustomEvent).detail)
  document.addEventListener(name, listener)
  endings.push(() => document.removeEventListener(name, listener))
  return found
}

const endings: (() => void)[] = []

afterEach(() => {
  for (const fake of open.splice(0)) fake.close()
  for (const end of endings.splice(0)) end()
})

describe('a fake cart in a DOM', () => {
  it('dispatches what is heard, and every state, as on a page', async () => {
    const heard = details('cart-conditions-changed')
    const states = details('cart-echo-status')
    const fake = await listening()
    const change = fake.broadcast({ message: 'Raya Sale has ended' })
    expect(heard).toEqual([change])
    expect(states.at(-1)).toBe(fake.cart.connection.get())
    expect(states.map((state) => (state as { reason: string }).reason)).toEqual([
      'finding-echo',
      'opening-socket',
      'subscribing',
      'subscribed',
    ])
  })

  it('lets a listener prevent a refresh', async () => {
    const fake = await listening()
    const prevent = (event: Event): void => event.preventDefault()
    document.addEventListener('cart-echo-refresh', prevent)
    fake.cart.onRefresh(() => undefined)
    fake.broadcast()
    await fake.settle()
    document.removeEventListener('cart-echo-refresh', prevent)
    expect(fake.refreshes).toEqual([])
    fake.broadcast()
    await fake.settle()
    expect(fake.refreshes).toHaveLength(1)
  })

  it('dispatches on a target of yours, or nowhere', async () => {
    const target = new EventTarget()
    const found: Event[] = []
    target.addEventListener('cart-conditions-changed', (event) => found.push(event))
    const onDocument = details('cart-conditions-changed')
    const there = await listening({ target })
    const nowhere = await listening({ target: null })
    there.broadcast()
    nowhere.broadcast()
    expect([found.length, onDocument.length]).toEqual([1, 0])
  })

  it('gives the document back when it is closed, to the next test’s', async () => {
    const heard = details('cart-conditions-changed')
    const first = await listening()
    first.close()
    const next = await listening()
    next.broadcast()
    expect(heard).toHaveLength(1)
  })
})
