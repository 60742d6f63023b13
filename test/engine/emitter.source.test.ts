import { describe, expect, it } from 'vitest'
import { createGuard, createSource } from '../../src/engine/emitter'

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

  it('tells each change, which can already be read then', () => {
    const { get, set, subscribe } = newSource()
    const told: unknown[] = []
    subscribe((value) => told.push(value === get(), value))
    set({ n: 1 })
    set({ n: 2 })
    expect(told).toEqual([true, { n: 1 }, true, { n: 2 }])
  })

  it('tells nobody when the same object is set again', () => {
    const { set, subscribe, first } = newSource()
    const told: unknown[] = []
    subscribe((value) => told.push(value))
    set(first)
    expect(told).toEqual([])
    set({ ...first })
    expect(told).toEqual([{ n: 0 }])
  })

  it('tells a listener nothing more once it has unsubscribed, also in the middle of a change', () => {
    const { set, subscribe } = newSource()
    const told: string[] = []
    const offA = subscribe(() => {
      told.push('a')
      offA()
      offB()
    })
    const offB = subscribe(() => told.push('b'))
    subscribe(() => told.push('c'))
    set({ n: 1 })
    set({ n: 2 })
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
    expect(told).toEqual(['a1', 'a2', 'b2'])
  })

  it('goes on when a listener throws, and reports by its name', () => {
    const { set, subscribe, errors } = newSource()
    const told: unknown[] = []
    subscribe(() => {
      throw new Error('broken')
    })
    subscribe(({ n }) => told.push(n))
    set({ n: 1 })
    expect(told).toEqual([1])
    expect(errors).toMatchObject([{ code: 'listener-failed', message: 'A listener of number threw: broken' }])
  })
})
