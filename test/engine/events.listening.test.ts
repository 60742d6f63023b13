import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { domEventName, type EventOption, readListening, unknownEvent } from '../../src/engine/events'
import type { Decoder } from '../../src/engine/payload'

// Declaration merging is for users; a test names its events without it.
const named = (...names: string[]) => names as EventOption[]
const defined = (name: string, decode: (payload: Record<string, unknown>) => unknown) =>
  ({ name, decode }) as unknown as EventOption

const failureOf = (events: readonly EventOption[]): CartEchoError | null => {
  try {
    readListening(events)
    return null
  } catch (error) {
    if (error instanceof CartEchoError) return error
    throw error
  }
}

describe('what a page listens to', () => {
  const broken = { message: 5 }
  const decoded = (events: ReadonlyMap<string, Decoder>, name: string): unknown => {
    const read = events.get(name)?.(broken)
    return read instanceof CartEchoError ? 'refused' : read?.change
  }

  it("is the guide's event, whose payload is looked at, and the default instance, unless told otherwise", () => {
    const { events, instance } = readListening()
    expect([...events.keys()]).toEqual(['cart.conditions.changed'])
    expect(decoded(events, 'cart.conditions.changed')).toBe('refused')
    expect(instance).toBe('default')
    expect(readListening([], 'wishlist').instance).toBe('wishlist')
  })

  it('keeps the default event beside your own, of which any object passes that has no decoder', () => {
    const { events } = readListening([...named('cart.stock.changed'), defined('cart.price.changed', () => 1)])
    const names = ['cart.conditions.changed', 'cart.stock.changed', 'cart.price.changed']
    expect([...events.keys()]).toEqual(names)
    expect(names.map((name) => decoded(events, name))).toEqual(['refused', broken, 1])
  })

  it.each([
    ['no list', 'cart.stock.changed', 'got "cart.stock.changed"'],
    ['null, as PHP prints what is not set', null, 'got null'],
    ['an object, as PHP prints a list with a gap', { 1: 'cart.stock.changed' }, 'got an object'],
    ['a number in the list', [5], 'got 5'],
    ['nothing in the list', [null], 'got null'],
    ['an entry without a name', [{}], 'got an object'],
    ['a decoder that is none', [{ name: 'cart.stock.changed', decode: 'number' }], 'got "number"'],
  ])('is not read of %s, which is misuse', (_what, events, words) => {
    const error = failureOf(events as never)
    expect(error).toMatchObject({ code: 'invalid-event', message: expect.stringContaining('events: expected names') })
    expect(error?.message).toContain(words)
  })

  it.each([[null], [5], [['default']], [{}]])('is no instance that is %j: the page would hear nothing', (instance) => {
    expect(() => readListening([], instance as never)).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining('instance') }),
    )
  })

  it('keeps the decoder of the default event when it is merely named', () => {
    const { events } = readListening(named('cart.conditions.changed'))
    expect(decoded(events, 'cart.conditions.changed')).toBe('refused')
  })

  it.each(['cart.conditions.changed', 'cart.stock.changed'])('takes your decoder for %s', (name) => {
    const { events } = readListening([...named('cart.stock.changed'), defined(name, () => 1)])
    expect(decoded(events, name)).toBe(1)
  })

  it('keeps your decoder when the event is named once more', () => {
    const { events } = readListening([defined('cart.stock.changed', () => 1), ...named('cart.stock.changed')])
    expect(decoded(events, 'cart.stock.changed')).toBe(1)
  })

  it.each(['a.b', 'Order.Shipped', 'a-b.c_d', '1.2', 'cart.echo', 'cart-echoes.heard', 'cart.echoes.heard'])(
    'may be called %s',
    (name) => {
      expect(readListening(named(name)).events.has(name)).toBe(true)
    },
  )

  it.each([
    '',
    'stock',
    '.',
    'a.',
    'a..b',
    'a b.c',
    'a.b\n',
    'a/b.c',
    'App\\Events\\Cart.Changed',
    'ä.b',
    'a.b:c',
    // Ours
    'cart-echo.ready',
    'cart-echo-status.x',
    'cart.echo.status',
    'cart.echo-notice',
  ])('may not be called %j', (name) => {
    expect(failureOf(named(name))?.code).toBe('invalid-event')
    expect(failureOf([defined(name, () => 1)])?.code).toBe('invalid-event')
  })

  it('that may not be called so is said with the option it stands in, and what belongs there', () => {
    expect(failureOf(named('cart'))?.message).toBe('events: expected names such as cart.stock.changed, got "cart".')
  })

  it("is named without Echo's leading dot, and says so", () => {
    const error = failureOf(named('.cart.stock.changed'))
    expect(error?.code).toBe('invalid-event')
    expect(error?.message).toContain('leading dot')
  })

  it.each([
    ['a.b-c', 'a-b.c'],
    ['a.b.c', 'a.b-c'],
    ['cart.conditions-changed', 'cart.conditions.changed'],
  ])('refuses %s beside %s: the same DOM event', (one, other) => {
    expect(domEventName(one)).toBe(domEventName(other))
    const error = failureOf(named(one, other))
    expect(error?.code).toBe('invalid-event')
    expect(error?.message).toContain(one)
    expect(error?.message).toContain(other)
  })

  it('lets the same event be named twice', () => {
    expect(failureOf(named('a.b', 'a.b'))).toBeNull()
  })
})

describe('the error for an unknown event', () => {
  it('says what to do', () => {
    expect(unknownEvent('cart.stock.changed').message).toContain('add it to events')
    expect(unknownEvent('.cart.stock.changed').message).toContain('Leave the leading dot out')
  })
})
