import { CartEchoError, unfit } from '../engine/errors'
import type { CartEventName } from '../engine/events'
import { type Bindings, type Callback, createBindings } from './bindings'
import { aChange, type PartOf } from './builders'
import {
  createEchoChannel,
  createSubscription,
  type FakeEchoChannel,
  type FakeSubscription,
  type Subscription,
} from './echo-channel'
import { insistOnFields, insistOnOneOf, unless } from './misuse'

/** The states of pusher-js's connection. */
export type PusherState = 'initialized' | 'connecting' | 'connected' | 'unavailable' | 'failed' | 'disconnected'

/**
 * What the server says to whoever wants a channel. `granted`: yes, a turn later. `pending`: nothing, until `confirm()` or `refuse()`. `signature-refused`: an error without a
 * channel's name, and nothing more. A status: the authorisation's.
 */
export type ChannelAnswer = 'granted' | 'pending' | 'signature-refused' | number

/** How a fake Echo begins. */
export interface FakeEchoOptions {
  /** Default `connected`, as soon as it is made. */
  state?: PusherState | undefined
  /** What the server says to whoever wants a channel. Default `granted`. */
  channels?: ChannelAnswer | undefined
  /** The key of the app. Default `fake-app`. */
  key?: string | undefined
}

/** An Echo 2.5 on pusher-js 8.6 by its structure, as far as code that listens uses one. */
export interface EchoOnPusher {
  readonly options: { readonly broadcaster: 'reverb'; readonly key: string }
  readonly connector: {
    readonly channels: Readonly<Record<string, FakeEchoChannel>>
    readonly pusher: {
      readonly connection: Bindings & { readonly state: PusherState; readonly socket_id: string }
      channel(name: string): FakeSubscription | undefined
      connect(): void
      disconnect(): void
      send_event(event: string, data: unknown): void
    }
    onConnectionChange(callback: (status: string) => void): () => void
    connectionStatus(): string
    socketId(): string
  }
  private(name: string): FakeEchoChannel
  channel(name: string): FakeEchoChannel
  listen(channel: string, event: string, callback: Callback): FakeEchoChannel
  leave(name: string): void
  leaveChannel(name: string): void
  leaveAllChannels(): void
  connect(): void
  disconnect(): void
  connectionStatus(): string
  socketId(): string
}

/** An Echo, and the server's end of it. */
export interface FakeEcho {
  /** For `window.Echo`, or wherever the code under test finds its Echo. `echo.leave(…)` is what others do to it. */
  readonly echo: EchoOnPusher
  /**
   * The server broadcasts an event of the cart, without Echo's leading dot, on a private channel: the only one, unless one is named, without `private-`. What is left out of
   * `cart.conditions.changed` is made up. Gives how many callbacks were bound to just that event: 0 where somebody forgot the dot. What a callback throws comes out here.
   * @throws {CartEchoError} `invalid-options` where the channel is not subscribed, `invalid-payload` for what a page would not read.
   */
  readonly emit: <Name extends CartEventName>(event: Name, change?: PartOf<Name>, channel?: string) => number
  /** The same for any event by its name on the wire, such as a notification's, with any payload. */
  readonly emitRaw: (event: string, payload: unknown, channel?: string) => number
  /** Moves the connection, as pusher-js does by itself. */
  readonly become: (state: PusherState) => void
  /** The socket is lost: pusher-js connects, and is confirmed again after `become('connected')`. */
  readonly lose: () => void
  /** The server ends the socket with a code: 4001 (unknown key), 4004 (over its capacity), 4009 (the origin), 4201 (no pong) and so on. Some end it for good. */
  readonly end: (code: number) => void
  /** The socket says that it is open, and nothing comes by it any more, no pong either. It ends with the next state. */
  readonly hang: () => void
  /** What the server says from now on to whoever wants a channel. */
  readonly answer: (answer: ChannelAnswer) => void
  /** The server confirms a channel that is pending. Default: the only one. */
  readonly confirm: (channel?: string) => void
  /** The authorisation of a channel fails with a status, or with an error of your own. Default: the only channel. */
  readonly refuse: (failure: number | object, channel?: string) => void
  /** The private channels that are subscribed, without `private-`. */
  readonly subscribed: readonly string[]
  /** How many callbacks are bound to the connection and all channels. */
  readonly bound: number
}

/** Codes after which pusher-js does not try again (pusher-js 8.6, core/connection/protocol/protocol.ts). */
const isFinal = (code: number): boolean => (code >= 4001 && code < 4100) || code >= 4300

const STATES: Readonly<Record<PusherState, true>> = {
  initialized: true,
  connecting: true,
  connected: true,
  unavailable: true,
  failed: true,
  disconnected: true,
}

const CHANNELS = 'granted, pending, signature-refused, or a status'

const isChannelAnswer = (answer: unknown): boolean =>
  Number.isInteger(answer) || answer === 'granted' || answer === 'pending' || answer === 'signature-refused'

const OPTIONS = {
  state: unless(`one of ${Object.keys(STATES).join(', ')}`, (state: string) => Object.hasOwn(STATES, state)),
  channels: unless(CHANNELS, isChannelAnswer),
  key: unless('a string', (key) => typeof key === 'string'),
}

/**
 * Makes an Echo whose server is the test. It opens nothing, and sets no timer. All that takes a name or a number throws `invalid-options` for what is none.
 * @throws {CartEchoError} `invalid-options` for options that are none.
 */
export const createFakeEcho = (options: FakeEchoOptions = {}): FakeEcho => {
  insistOnFields('createFakeEcho()', OPTIONS, options)
  const { key = 'fake-app' } = options
  let { state: current = 'connected', channels: said = 'granted' } = options
  let socketNumber = 1
  let isHung = false
  const socket = createBindings()
  const subscriptions = new Map<string, Subscription>()
  const channels: Record<string, FakeEchoChannel> = {}

  const authorise = (subscription: Subscription): void => {
    if (current !== 'connected' || subscription.face.subscribed) return
    subscription.become(false, true)
    const answer = said
    const number = socketNumber
    // A turn later, and not on another socket than the one it was for.
    void Promise.resolve().then(() => {
      const isWaiting = subscription.face.subscriptionPending && number === socketNumber && current === 'connected'
      if (!isWaiting || subscriptions.get(subscription.face.name) !== subscription) return
      if (answer === 'granted') subscription.confirm()
      else if (answer === 'signature-refused')
        socket.emit('error', { type: 'PusherError', data: { code: 4009, message: 'Connection is unauthorized' } })
      else if (answer !== 'pending') subscription.refuse(authError(answer))
    })
  }

  const subscribe = (name: string): Subscription => {
    const subscription = subscriptions.get(name) ?? createSubscription(name)
    subscriptions.set(name, subscription)
    if (!subscription.face.subscriptionPending) authorise(subscription)
    return subscription
  }

  const unsubscribe = (name: string): void => {
    subscriptions.get(name)?.become(false, false)
    subscriptions.delete(name)
  }

  const channelOf = (name: string): FakeEchoChannel => {
    const channel =
      channels[name] ??
      createEchoChannel(
        subscribe(name),
        () => void subscribe(name),
        () => unsubscribe(name),
      )
    channels[name] = channel
    return channel
  }

  const leaveChannel = (name: string): void => {
    channels[name]?.unsubscribe()
    delete channels[name]
  }

  const become = (next: PusherState): void => {
    insistOnOneOf('become()', STATES, next)
    const previous = current
    isHung = false
    if (next === previous) return
    current = next
    // pusher-js forgets its confirmations when the socket goes (core/pusher.ts).
    if (next === 'connecting' || next === 'disconnected')
      for (const { become } of subscriptions.values()) become(false, false)
    if (next === 'connected') socketNumber += 1
    socket.emit('state_change', { previous, current: next })
    socket.emit(next, next === 'connected' ? { socket_id: socketId() } : undefined)
    if (next === 'connected') for (const subscription of [...subscriptions.values()]) authorise(subscription)
  }

  const socketId = (): string => `${socketNumber}.1`

  const lose = (): void => {
    socket.emit('connecting_in', 1)
    become('connecting')
  }

  const status = (): string => {
    if (current === 'unavailable') return 'failed'
    return current === 'initialized' ? 'disconnected' : current
  }

  /** The subscription of a private channel, or of the only channel there is. */
  const the = (name: string | undefined): Subscription => {
    const all = [...subscriptions.values()]
    const found = name === undefined && all.length === 1 ? all[0] : subscriptions.get(`private-${name}`)
    if (found) return found
    const names = all.map(({ face }) => face.name).join(', ') || 'none'
    throw new CartEchoError(
      'invalid-options',
      `No channel private-${name ?? '?'}: name one of those there are (${names}).`,
    )
  }

  const emitRaw = (event: string, payload: unknown, name?: string): number => {
    const { face, emit } = the(name)
    if (isHung) return 0
    if (!face.subscribed) {
      const why = face.subscriptionPending ? 'it is pending: await a turn, or confirm() it' : `the socket is ${current}`
      throw new CartEchoError('invalid-options', `${face.name} is not subscribed; ${why}.`)
    }
    socket.emit('message', { event, channel: face.name, data: payload })
    return emit(event, payload)
  }

  const connection = {
    ...socket.bindings,
    get state() {
      return current
    },
    get socket_id() {
      return socketId()
    },
  }

  const echo: EchoOnPusher = {
    options: { broadcaster: 'reverb', key },
    connector: {
      channels,
      pusher: {
        connection,
        channel: (name) => subscriptions.get(name)?.face,
        connect: () => {
          if (current !== 'connected') become('connecting')
        },
        disconnect: () => become('disconnected'),
        send_event: (event) => {
          if (event === 'pusher:ping' && current === 'connected' && !isHung)
            void Promise.resolve().then(() => socket.emit('message', { event: 'pusher:pong', data: {} }))
        },
      },
      // It hears of some states twice, as Echo's own does.
      onConnectionChange: (callback) => {
        const tell = (): void => callback(status())
        const events = ['state_change', 'connected', 'disconnected']
        for (const event of events) socket.bindings.bind(event, tell)
        return () => {
          for (const event of events) socket.bindings.unbind(event, tell)
        }
      },
      connectionStatus: status,
      socketId,
    },
    private: (name) => channelOf(`private-${name}`),
    channel: channelOf,
    listen: (name, event, callback) => channelOf(name).listen(event, callback),
    leave: (name) => {
      for (const prefix of ['', 'private-', 'private-encrypted-', 'presence-']) leaveChannel(prefix + name)
    },
    leaveChannel,
    leaveAllChannels: () => {
      for (const name of Object.keys(channels)) leaveChannel(name)
    },
    connect: () => echo.connector.pusher.connect(),
    disconnect: () => become('disconnected'),
    connectionStatus: status,
    socketId,
  }

  return {
    echo,
    emit: (event, change, name) => emitRaw(event, aChange(event, (change ?? {}) as PartOf<typeof event>), name),
    emitRaw,
    become,
    lose,
    end: (code) => {
      if (!Number.isInteger(code)) throw unfit('invalid-options', 'end()', 'a code, such as 4001', code)
      const error = { type: 'PusherError', data: { code, message: '' } }
      socket.emit('error', { type: 'WebSocketError', error })
      if (isFinal(code)) become('disconnected')
      else lose()
    },
    hang: () => {
      isHung = true
    },
    answer: (answer) => {
      if (!isChannelAnswer(answer)) throw unfit('invalid-options', 'answer()', CHANNELS, answer)
      said = answer
    },
    confirm: (name) => the(name).confirm(),
    refuse: (failure, name) => the(name).refuse(typeof failure === 'number' ? authError(failure) : failure),
    get subscribed() {
      const names = [...subscriptions.values()].filter(({ face }) => face.subscribed).map(({ face }) => face.name)
      return names.map((name) => name.replace(/^private-/, ''))
    },
    get bound() {
      return [...subscriptions.values()].reduce((sum, { count }) => sum + count(), socket.count())
    },
  }
}

const authError = (status: number) => ({
  type: 'AuthError',
  error: `Unable to retrieve auth string from channel-authorization endpoint - received status: ${status}`,
  status,
})
