import { describe, expect, it, vi } from 'vitest'
import { onChange } from '../../src/engine/cart-echo'
import { createGuard, createSource, readOnly, type Source } from '../../src/engine/emitter'

type Observed = ReturnType<Source<{ n: number }>[typeof Symbol.observable]>

const newSource = () => {
  const errors: unknown[] = []
  const first = { n: 0 }
  return {
    ...createSource(
      'number',
      first,
      createGuard((error) => errors.push(error)),
    ),
    first,
    errors,
  }
}

describe('a source', () => {
  it('gives the very same object until it changes', () => {
    const { get, set, first } = newSource()
    expect(get()).toBe(first)
    const next = { n: 1 }
    set(next)
    expect(get()).toBe(next)
    expect(get()).toBe(get())
  })

  it('tells the value at once and each change, which can already be read then', () => {
    const { get, set, subscribe, first } = newSource()
    const told: unknown[] = []
    subscribe((value) => told.push(value === get(), value))
    set({ n: 1 })
    set({ n: 2 })
    expect(told).toEqual([true, first, true, { n: 1 }, true, { n: 2 }])
  })

  it('tells nobody when the same object is set again', () => {
    const { set, subscribe, first } = newSource()
    const told: unknown[] = []
    subscribe((value) => told.push(value))
    set(first)
    set({ ...first })
    expect(told).toEqual([{ n: 0 }, { n: 0 }])
  })

  it('tells a listener nothing more once it has unsubscribed, also in the middle of a change', () => {
    const source = newSource()
    const told: string[] = []
    const offA = onChange(source, () => {
      told.push('a')
      offA()
      offB()
    })
    const offB = onChange(source, () => told.push('b'))
    onChange(source, () => told.push('c'))
    source.set({ n: 1 })
    source.set({ n: 2 })
    expect(told).toEqual(['a', 'c', 'c'])
  })

  it('leaves everyone with the newest value when a listener sets another', () => {
    const { set, subscribe } = newSource()
    const told: string[] = []
    subscribe(({ n }) => {
      told.push(`a${n}`)
      if (n === 1) set({ n: 2 })
    })
    subscribe(({ n }) => told.push(`b${n}`))
    set({ n: 1 })
    expect(told).toEqual(['a0', 'b0', 'a1', 'a2', 'b2'])
  })

  it('leaves a listener with the newest value that sets another when it is told at once', () => {
    const { set, subscribe } = newSource()
    const told: number[] = []
    subscribe(({ n }) => {
      if (n === 0) set({ n: 1 })
      told.push(n)
    })
    set({ n: 2 })
    expect(told).toEqual([1, 0, 2])
  })

  it('goes on when a listener throws, at once or later, and reports by its name', () => {
    const { set, subscribe, errors } = newSource()
    const told: unknown[] = []
    subscribe(() => {
      throw new Error('broken')
    })
    subscribe(({ n }) => told.push(n))
    set({ n: 1 })
    expect(told).toEqual([0, 1])
    const broken = { code: 'listener-failed', message: 'A listener of number threw: broken' }
    expect(errors).toMatchObject([broken, broken])
  })

  it.each([
    ['the symbol', Symbol('observable')],
    ['its usual name, where there is none', undefined],
  ])('is an observable by %s', (_what, symbol) => {
    vi.stubGlobal('Symbol', Object.assign(Object.create(Symbol), { observable: symbol }))
    const source = newSource()
    vi.unstubAllGlobals()
    const observable: Observed = Reflect.get(readOnly(source), symbol ?? '@@observable')()
    const told: string[] = []
    const subscriptions = [
      observable.subscribe(({ n }) => told.push(`a${n}`)),
      observable.subscribe({ next: ({ n }) => told.push(`b${n}`) }),
      observable.subscribe({}),
    ]
    source.set({ n: 1 })
    for (const { unsubscribe } of subscriptions) unsubscribe()
    source.set({ n: 2 })
    expect(told).toEqual(['a0', 'b0', 'a1', 'b1'])
  })
})
