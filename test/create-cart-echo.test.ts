import { beforeEach, describe, expect, it, vi } from 'vitest'
import { echo } from '../src/connections/echo'
import { type CartEchoOptions, createCartEcho } from '../src/create-cart-echo'
import type { EventOption } from '../src/engine/events'

const anEcho = { private: () => ({ listen: () => undefined }) }

class EchoClass {
  private() {
    return {}
  }
}

const codeOf = (options: object): unknown => {
  try {
    createCartEcho({ connect: echo(anEcho), ...options } as CartEchoOptions)
    return null
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}

describe('createCartEcho()', () => {
  it.each<[string, unknown]>([
    ['an Echo', anEcho],
    ['an Echo of a class', new EchoClass()],
    ['a getter', () => undefined],
    ['a promise', new Promise(() => undefined)],
  ])('takes %s', (_what, source) => {
    expect(codeOf({ connect: echo(source as never) })).toBeNull()
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'It is undefined: give a getter'],
    ['null', null, 'It is undefined: give a getter'],
    ['the Echo class', EchoClass, 'class: give new Echo({…})'],
    ['a namespace', { default: EchoClass }, 'namespace: give new Echo.default({…})'],
    ['something else', {}, 'no private()'],
    ['a string', 'Echo', 'no private()'],
    ['a number', 5, 'no private()'],
  ])('refuses %s, and says why', (_what, source, why) => {
    expect(() => echo(source as never)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
    expect(() => echo(source as never)).toThrow(why)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an Echo itself', anEcho],
    ['the function', echo],
    ['true', true],
  ])('refuses to connect %s, and says what to give', (_what, connect) => {
    expect(codeOf({ connect })).toBe('invalid-options')
    expect(() => createCartEcho({ connect } as CartEchoOptions)).toThrow('echo(() => window.Echo)')
  })

  it.each([
    [{ user: 'undefined' }, 'invalid-user'],
    [{ user: Number.NaN }, 'invalid-user'],
    [{ user: {} }, 'invalid-user'],
    [{ user: 7, cursor: 'b7f3' }, 'invalid-cursor'],
    [{ channel: 'App.Models.User.7' }, 'invalid-channel'],
    [{ channel: 'private-{user}' }, 'invalid-channel'],
    [{ events: ['.cart.stock.changed'] as unknown as EventOption[] }, 'invalid-event'],
    [{ events: ['cart.echo.status'] as unknown as EventOption[] }, 'invalid-event'],
  ])('refuses %j at the call', (options, code) => {
    expect(codeOf(options)).toBe(code)
  })
})

describe('on a server', () => {
  beforeEach(() => void vi.useFakeTimers())

  it('a cart echo is inert: it looks for no Echo and sets no timer', () => {
    const getEcho = vi.fn()
    const onError = vi.fn()
    const cart = createCartEcho({ user: 7, connect: echo(getEcho), onError })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    const release = cart.start()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'no-browser' })
    cart.identify({ user: 8 })
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'no-browser' })
    release()
    expect(cart.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect([getEcho.mock.calls, onError.mock.calls, vi.getTimerCount()]).toEqual([[], [], 0])
    vi.useRealTimers()
  })
})
