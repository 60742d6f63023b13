type Callback = (...args: readonly unknown[]) => void

/** Callbacks by event, counted; global ones come first, and one that throws keeps those behind it from hearing, as in pusher-js. */
const createBindings = () => {
  const bound: { event: string; callback: Callback }[] = []
  let global: Callback[] = []
  return {
    bind_global: (callback: Callback) => void global.push(callback),
    unbind_global: (callback: Callback) => {
      global = global.filter((other) => other !== callback)
    },
    bind: (event: string, callback: Callback) => void bound.push({ event, callback }),
    unbind: (event: string, callback: Callback) => {
      const index = bound.findIndex((entry) => entry.event === event && entry.callback === callback)
      if (index >= 0) bound.splice(index, 1)
    },
    emit: (event: string, ...args: readonly unknown[]) => {
      for (let index = 0; index < global.length; index += 1) global[index]?.(event, ...args)
      for (const entry of bound.slice()) if (entry.event === event) entry.callback(...args)
    },
    count: () => bound.length + global.length,
  }
}

/** An Echo as laravel-echo 2.5 builds it on pusher-js, with every lever in the test's hand. */
export const fakeEcho = (state = 'connecting') => {
  const socket = { ...createBindings(), state }
  const channels: Record<string, ReturnType<typeof createChannel>> = {}
  const createChannel = (name: string) => {
    const subscription = { ...createBindings(), name, subscribed: false, subscriptionPending: true }
    return {
      name,
      subscription,
      listen: (event: string, callback: Callback) => subscription.bind(event.slice(1), callback),
      stopListening: (event: string, callback: Callback) => subscription.unbind(event.slice(1), callback),
      subscribe: () => undefined,
    }
  }
  const channelOf = (name: string) => {
    const wire = `private-${name}`
    channels[wire] ??= createChannel(wire)
    return channels[wire]
  }
  return {
    options: { broadcaster: 'reverb' },
    connector: { pusher: { connection: socket, channel: (name: string) => channels[name]?.subscription }, channels },
    private: channelOf,
    /** Moves the socket, as pusher-js does. */
    become: (next: string) => {
      const previous = socket.state
      socket.state = next
      // pusher-js forgets its confirmations when the socket goes (core/pusher.ts).
      if (next === 'connecting' || next === 'disconnected') {
        for (const { subscription } of Object.values(channels)) subscription.subscribed = false
      }
      socket.emit('state_change', { previous, current: next })
    },
    /** The server confirms the subscription. */
    confirm: (name = 'App.Models.User.1') => {
      const { subscription } = channelOf(name)
      Object.assign(subscription, { subscribed: true, subscriptionPending: false })
      subscription.emit('pusher:subscription_succeeded', {})
    },
    /** The authorisation fails. */
    refuse: (error: unknown, name = 'App.Models.User.1') => {
      const { subscription } = channelOf(name)
      subscription.subscriptionPending = false
      subscription.emit('pusher:subscription_error', error)
    },
    /** The server sends an event. */
    send: (payload: unknown, event = 'cart.conditions.changed', name = 'App.Models.User.1') =>
      channelOf(name).subscription.emit(event, payload),
    /** Somebody leaves the channel. */
    leave: (name = 'App.Models.User.1') => {
      delete channels[`private-${name}`]
    },
    /** How many callbacks are bound anywhere. */
    bound: () =>
      socket.count() + Object.values(channels).reduce((sum, { subscription }) => sum + (subscription?.count() ?? 0), 0),
  }
}
