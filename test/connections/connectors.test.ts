import Echo from 'laravel-echo'
import { describe, expect, it } from 'vitest'
import { listeningTransport as listen } from '../support/listening-transport'

// laravel-echo 2 with each of its connectors, on sockets of the test's own.

/** What pusher-js is to Echo: a connection, and channels by name. */
const fakePusher = () => {
  const bindable = () => {
    const bound = new Map<string, Set<(data: unknown) => void>>()
    const global = new Set<(event: unknown, data: unknown) => void>()
    const of = (event: string) => bound.get(event) ?? bound.set(event, new Set()).get(event) ?? new Set()
    return {
      bind: (event: string, callback: (data: unknown) => void) => of(event).add(callback),
      unbind: (event: string, callback: (data: unknown) => void) => of(event).delete(callback),
      bind_global: (callback: (event: unknown, data: unknown) => void) => global.add(callback),
      unbind_global: (callback: (event: unknown, data: unknown) => void) => global.delete(callback),
      emit: (event: string, data: unknown) => {
        for (const callback of [...global]) callback(event, data)
        for (const callback of [...of(event)]) callback(data)
      },
    }
  }
  const channels = new Map<string, ReturnType<typeof bindable> & { name: string; subscribed: boolean }>()
  return {
    connection: { ...bindable(), state: 'connected' },
    subscribe: (name: string) => {
      const channel = channels.get(name) ?? { ...bindable(), name, subscribed: false }
      channels.set(name, channel)
      return channel
    },
    channel: (name: string) => channels.get(name),
    signin: () => undefined,
    disconnect: () => undefined,
  }
}

describe('a channel of laravel-echo', () => {
  it.each(['reverb', 'pusher', 'ably'] as const)('is heard through its %s connector', (broadcaster) => {
    const pusher = fakePusher()
    const echo = new Echo({ broadcaster, key: 'k', client: pusher as never, withoutInterceptors: true } as never)
    const { said, delivered, link } = listen(echo)
    const channel = pusher.channel('private-App.Models.User.1')
    channel?.emit('pusher:subscription_succeeded', {})
    channel?.emit('cart.conditions.changed', 'news')
    link.stop()
    channel?.emit('cart.conditions.changed', 'too late')
    expect(said).toEqual(['socket-open', 'subscribed', 'resync'])
    expect(delivered).toEqual([['cart.conditions.changed', 'news']])
  })

  it('is not believed through its null connector', () => {
    const { said } = listen(new Echo({ broadcaster: 'null' }))
    expect(said).toEqual(['refused: no-real-time'])
  })

  it('is heard through its socket.io connector, though that never confirms', () => {
    const callbacks = new Map<string, ((...data: unknown[]) => void)[]>()
    const on = (event: string, callback: (...data: unknown[]) => void) => {
      callbacks.set(event, [...(callbacks.get(event) ?? []), callback])
    }
    const emit = (event: string, ...data: unknown[]) => {
      for (const callback of callbacks.get(event) ?? []) callback(...data)
    }
    const io = () => ({
      on,
      off: () => undefined,
      connected: true,
      removeListener: () => undefined,
      emit: () => undefined,
      id: 's1',
      io: { on },
      disconnect: () => undefined,
    })
    const echo = new Echo({
      broadcaster: 'socket.io',
      client: io,
      host: 'http://127.0.0.1',
      withoutInterceptors: true,
    } as never)
    const { said, delivered, environment } = listen(echo)
    emit('connect')
    environment.advance(10_000)
    expect(said.at(-1)).toBe('delayed: no-answer')
    emit('cart.conditions.changed', 'private-App.Models.User.1', 'news')
    expect(delivered).toEqual([['cart.conditions.changed', 'news']])
    expect(said.slice(-2)).toEqual(['subscribed', 'resync'])
  })

  it('is heard through a connector of the page’s own', () => {
    const heardBy: ((payload: unknown) => void)[] = []
    const channel = {
      listen: (_event: string, callback: (payload: unknown) => void) => heardBy.push(callback),
      stopListening: () => heardBy.splice(0),
    }
    class Connector {
      options = {}
      connect() {}
      disconnect() {}
      privateChannel() {
        return channel
      }
    }
    const { delivered, link, said } = listen(new Echo({ broadcaster: Connector, withoutInterceptors: true } as never))
    expect(said).toEqual(['socket-open'])
    for (const callback of heardBy) callback('news')
    link.stop()
    expect(delivered).toEqual([['cart.conditions.changed', 'news']])
    expect(heardBy).toEqual([])
  })
})
