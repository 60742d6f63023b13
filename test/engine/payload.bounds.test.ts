import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { boundedCopy } from '../../src/engine/payload'

const nested = (levels: number): unknown => (levels === 0 ? 'bottom' : { deeper: nested(levels - 1) })

const cyclic = (): unknown => {
  const payload: Record<string, unknown> = {}
  payload.again = payload
  return payload
}

const reportOf = (payload: unknown) => {
  try {
    boundedCopy(payload)
    return undefined
  } catch (error) {
    return error instanceof CartEchoError ? error.report : error
  }
}

const expectedOf = (payload: unknown) => {
  const report = reportOf(payload)
  return report && Reflect.get(Object(report), 'expected')
}

describe('the bounds of a payload', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['16 levels', nested(16)],
    ['10,000 values', new Array(9_999).fill(0)],
    ['256,000 characters', 'x'.repeat(256_000)],
    ['256,000 characters, keys counted', { [`${'k'.repeat(1_000)}`]: 'x'.repeat(255_000) }],
  ])('let %s pass', (_what, payload) => {
    expect(boundedCopy(payload)).toEqual(payload)
  })

  it.each([
    ['17 levels', nested(17), 'at most 16 levels'],
    ['a cycle', cyclic(), 'at most 16 levels'],
    ['10,001 values', new Array(10_000).fill(0), 'at most 10000 values'],
    ['10,001 values in branches', new Array(100).fill(new Array(100).fill(0)), 'at most 10000 values'],
    ['one character too many', 'x'.repeat(256_001), 'at most 256000 characters'],
    ['keys too long', { ['k'.repeat(256_001)]: 1 }, 'at most 256000 characters'],
    ['__proto__', JSON.parse('{"__proto__":{"admin":true}}'), 'no key named __proto__'],
    ['a function', { toJSON: () => 1 }, 'plain JSON'],
    ['a bigint', { price: 1n }, 'plain JSON'],
    ['a symbol', [Symbol('x')], 'plain JSON'],
  ])('refuse %s', (_what, payload, expected) => {
    expect(expectedOf(payload)).toBe(expected)
  })

  it('say where', () => {
    const payload = JSON.parse('{"changes":{"conditions":[{},{"__proto__":1}]}}')
    expect(reportOf(payload)).toMatchObject({ path: 'changes.conditions[1]' })
  })

  it('refuse 1 MB without looking at the whole of it', () => {
    let read = 0
    const item = new Proxy(
      { a: 'bcd' },
      {
        ownKeys: (target) => {
          read += 1
          return Reflect.ownKeys(target)
        },
      },
    )
    expect(expectedOf({ message: 'x', list: new Array(200_000).fill(item) })).toBe('at most 10000 values')
    expect(read).toBeGreaterThan(1_000)
    expect(read).toBeLessThanOrEqual(10_000)
  })

  it('read no more of 100,000 keys than they allow', () => {
    let read = 0
    const count = () => {
      read += 1
    }
    const wide = new Proxy(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])), {
      get: (keys, key) => {
        count()
        return Reflect.get(keys, key)
      },
      getOwnPropertyDescriptor: (keys, key) => {
        count()
        return Reflect.getOwnPropertyDescriptor(keys, key)
      },
    })
    expect(expectedOf({ message: 'x', changes: wide })).toBe('at most 10000 values')
    expect(read).toBeGreaterThan(10_000)
    expect(read).toBeLessThan(50_000)
  })

  it('are measured whatever the page has done to arrays and to the prototype of all objects', () => {
    const { entries } = Array.prototype
    const said: unknown[] = []
    try {
      Reflect.deleteProperty(Array.prototype, 'entries')
      Object.defineProperty(Object.prototype, 'polluted', { value: () => 1, enumerable: true, configurable: true })
      said.push(expectedOf({ message: 'x', changes: {} }), expectedOf({ list: new Array(10_000).fill(0) }))
    } finally {
      Object.defineProperty(Array.prototype, 'entries', { value: entries, writable: true, configurable: true })
      Reflect.deleteProperty(Object.prototype, 'polluted')
    }
    expect(said).toEqual([undefined, 'at most 10000 values'])
  })

  it('stop at the first excess, however much follows', () => {
    let read = 0
    const payload = new Proxy(new Array(1_000_000).fill(0), {
      get: (items, key) => {
        read += 1
        return Reflect.get(items, key)
      },
    })
    expect(expectedOf(payload)).toBe('at most 10000 values')
    expect(read).toBeLessThan(40_000)
  })
})
