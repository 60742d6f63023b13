import type { Stop } from '../../src/engine/environment'
import type { VirtualClock } from './virtual-clock'
import type { VirtualServer, VirtualSocket } from './virtual-server'

type Callback = (...args: readonly unknown[]) => void

/** As much of an Echo as a page and cart-echo use. */
export interface VirtualEcho {
  readonly private: (channel: string) => VirtualChannel
  readonly disconnect: () => void
}

/** The shopper's channel. */
export interface VirtualChannel {
  readonly listen: (event: string, callback: (payload: unknown) => void) => void
}

/**
 * An Echo that keeps its connection as pusher-js 8.6 does (core/connection/connection_manager.ts, core/strategies/sequential_strategy.ts):
 * after a loss it says `connected` for another second, and then tries at once, after 15, 30 and every 60 s. It connects at once.
 */
export const createVirtualEcho = (server: VirtualServer, clock: VirtualClock, shopper: string): VirtualEcho => {
  const channel = createChannel(() => ask())
  const { connection, connect, disconnect, socket } = createConnection(clock, {
    open: (handlers) => server.openSocket(shopper, { ...handlers, confirmed: channel.confirmed, heard: channel.heard }),
    changed: (state) => {
      if (state === 'connecting' || state === 'disconnected') channel.subscription.disconnect()
      if (state === 'connected') ask()
    },
  })

  const ask = (): void => {
    if (connection.state !== 'connected' || channel.subscription.subscribed) return
    const mine = socket()
    const whenCurrent = (run: () => void) => (): void => {
      if (mine && mine === socket()) run()
    }
    channel.subscription.subscriptionPending = true
    server.authorise().then(
      whenCurrent(() => mine?.subscribe()),
      whenCurrent(() => channel.refused()),
    )
  }

  const channels: Record<string, unknown> = {}
  const pusher = { connection, connect, disconnect, channel: () => channel.subscription }
  connect()
  return {
    ...{ options: { broadcaster: 'reverb' }, connector: { pusher, channels } },
    private: (name) => {
      channels[`private-${name}`] = channel
      channel.subscribe()
      return channel
    },
    disconnect,
  }
}

const createChannel = (subscribe: () => void) => {
  const listeners = createBindings()
  const subscription = {
    ...createBindings(),
    name: 'private',
    subscribed: false,
    subscriptionPending: false,
    disconnect: () => {
      Object.assign(subscription, { subscribed: false, subscriptionPending: false })
    },
  }
  return {
    subscription,
    subscribe,
    listen: listeners.bind,
    stopListening: listeners.unbind,
    heard: (payload: unknown) => listeners.emit('.cart.conditions.changed', payload),
    confirmed: () => {
      Object.assign(subscription, { subscribed: true, subscriptionPending: false })
      subscription.emit('pusher:subscription_succeeded', {})
    },
    refused: () => {
      subscription.subscriptionPending = false
      subscription.emit('pusher:subscription_error', { type: 'AuthError', status: 0 })
    },
  }
}

const RETRY_MS = 1_000
const FIRST_SLOT_MS = 15_000
const LONGEST_SLOT_MS = 60_000
const UNAVAILABLE_MS = 10_000

interface ConnectionParts {
  readonly open: (handlers: { readonly opened: () => void; readonly lost: () => void }) => VirtualSocket
  readonly changed: (state: string) => void
}

const createConnection = (clock: VirtualClock, { open, changed }: ConnectionParts) => {
  const connection = { ...createBindings(), state: 'initialized' }
  let socket: VirtualSocket | null = null
  const timers: Stop[] = []
  const later = (inMs: number, run: () => void): void => void timers.push(clock.schedule(inMs, run))

  const become = (current: string): void => {
    const previous = connection.state
    if (previous === current) return
    connection.state = current
    connection.emit('state_change', { previous, current })
    changed(current)
  }

  const end = (): void => {
    for (const stop of timers.splice(0)) stop()
    socket?.close()
    socket = null
  }

  const connect = (): void => {
    if (socket) return
    become('connecting')
    attempt(FIRST_SLOT_MS)
    later(UNAVAILABLE_MS, () => become('unavailable'))
  }

  // A try that is refused is waited for until its time is over.
  const attempt = (slotMs: number): void => {
    let isOpen = false
    socket = open({
      opened: () => {
        isOpen = true
        for (const stop of timers.splice(0)) stop()
        become('connected')
      },
      lost: () => {
        if (isOpen) retry()
      },
    })
    later(slotMs, () => {
      socket?.close()
      attempt(Math.min(LONGEST_SLOT_MS, 2 * slotMs))
    })
  }

  // It is announced before the timer is stored.
  const retry = (): void => {
    socket = null
    connection.emit('connecting_in', 1)
    later(RETRY_MS, () => {
      end()
      connect()
    })
  }

  const disconnect = (): void => {
    end()
    become('disconnected')
  }

  return { connection, connect, disconnect, socket: () => socket }
}

const createBindings = () => {
  const bound: { event: string; callback: Callback }[] = []
  return {
    bind: (event: string, callback: Callback): void => void bound.push({ event, callback }),
    unbind: (event: string, callback: Callback): void => {
      const index = bound.findIndex((one) => one.event === event && one.callback === callback)
      if (index >= 0) bound.splice(index, 1)
    },
    emit: (event: string, ...args: readonly unknown[]): void => {
      for (const one of bound.slice()) if (one.event === event) one.callback(...args)
    },
  }
}
