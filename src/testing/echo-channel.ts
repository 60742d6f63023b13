import { type Bindings, type Callback, createBindings } from './bindings'

/** pusher-js's own channel, under Echo's. */
export interface FakeSubscription extends Bindings {
  readonly name: string
  /** True while the server's confirmation stands. */
  readonly subscribed: boolean
  /** True while an answer to the subscription is awaited. */
  readonly subscriptionPending: boolean
  disconnect(): void
}

/** A channel as Echo hands it out. */
export interface FakeEchoChannel {
  readonly name: string
  readonly subscription: FakeSubscription
  listen(event: string, callback: Callback): FakeEchoChannel
  stopListening(event: string, callback?: Callback): FakeEchoChannel
  listenToAll(callback: Callback): FakeEchoChannel
  stopListeningToAll(callback?: Callback): FakeEchoChannel
  on(event: string, callback: Callback): FakeEchoChannel
  notification(callback: Callback): FakeEchoChannel
  stopListeningForNotification(callback?: Callback): FakeEchoChannel
  listenForWhisper(event: string, callback: Callback): FakeEchoChannel
  stopListeningForWhisper(event: string, callback?: Callback): FakeEchoChannel
  whisper(event: string, data: unknown): FakeEchoChannel
  subscribed(callback: Callback): FakeEchoChannel
  error(callback: Callback): FakeEchoChannel
  subscribe(): void
  unsubscribe(): void
}

/** A subscription with the server's end of it. */
export type Subscription = ReturnType<typeof createSubscription>

/** A subscription that nobody has asked for yet. */
export const createSubscription = (name: string) => {
  const { bindings, emit, count } = createBindings()
  const state = { subscribed: false, subscriptionPending: false }
  const become = (subscribed: boolean, subscriptionPending: boolean): void => {
    Object.assign(state, { subscribed, subscriptionPending })
  }
  const face: FakeSubscription = {
    ...bindings,
    name,
    get subscribed() {
      return state.subscribed
    },
    get subscriptionPending() {
      return state.subscriptionPending
    },
    disconnect: () => become(false, false),
  }
  return {
    face,
    become,
    emit,
    count,
    confirm: (): void => {
      become(true, false)
      emit('pusher:subscription_succeeded', {})
    },
    refuse: (error: unknown): void => {
      become(false, false)
      emit('pusher:subscription_error', error)
    },
  }
}

const CLASSES = 'App\\Events'
const NOTIFICATION = '.Illuminate\\Notifications\\Events\\BroadcastNotificationCreated'

/** The name on the wire. Without a leading dot it is that of a class of the app's, which a dotted name never is (laravel-echo 2.5, util/event-formatter.ts). */
const onTheWire = (event: string): string =>
  /^[.\\]/.test(event) ? event.slice(1) : `${CLASSES}\\${event.replaceAll('.', '\\')}`

/** The name by which it is listened to, the other way round. */
const asListenedTo = (wire: string): string => (wire.startsWith(CLASSES) ? wire.slice(CLASSES.length + 1) : `.${wire}`)

/** Echo's channel on a subscription. `subscribe` asks the server for it, `unsubscribe` leaves it. */
export const createEchoChannel = (
  { face }: Subscription,
  subscribe: () => void,
  unsubscribe: () => void,
): FakeEchoChannel => {
  const channel: FakeEchoChannel = {
    name: face.name,
    subscription: face,
    listen: (event, callback) => channel.on(onTheWire(event), callback),
    stopListening: (event, callback) => {
      // Without a callback it removes everybody's.
      face.unbind(onTheWire(event), callback)
      return channel
    },
    listenToAll: (callback) => {
      face.bind_global((event, data) => {
        const name = String(event)
        if (!name.startsWith('pusher:')) callback(asListenedTo(name), data)
      })
      return channel
    },
    // By the callback itself it ends nothing, for Echo has bound a function of its own.
    stopListeningToAll: (callback) => {
      face.unbind_global(callback)
      return channel
    },
    on: (event, callback) => {
      face.bind(event, callback)
      return channel
    },
    notification: (callback) => channel.listen(NOTIFICATION, callback),
    stopListeningForNotification: (callback) => channel.stopListening(NOTIFICATION, callback),
    listenForWhisper: (event, callback) => channel.listen(`.client-${event}`, callback),
    stopListeningForWhisper: (event, callback) => channel.stopListening(`.client-${event}`, callback),
    whisper: () => channel,
    // In a function of Echo's own: it cannot be taken back.
    subscribed: (callback) => channel.on('pusher:subscription_succeeded', () => callback()),
    error: (callback) => channel.on('pusher:subscription_error', (error) => callback(error)),
    subscribe,
    unsubscribe,
  }
  return channel
}
