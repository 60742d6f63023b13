import type { Stop } from '../../engine/environment'
import { attempt, ownOnly } from '../../engine/shape'

/** What cart-echo needs of an Echo: laravel-echo 1.x and 2.x, echo-react's and echo-vue's `echo()`, and forks all have it. */
export interface EchoLike {
  private(channel: string): unknown
}

/** The page's Echo, a promise of one, or a function that returns either. An Echo may come late: it is waited for up to 20 s. */
export type PageEcho = EchoLike | PromiseLike<EchoLike> | (() => EchoLike | PromiseLike<EchoLike> | null | undefined)

/** A method of something we know nothing else about. */
export type Call = (...args: readonly unknown[]) => unknown

/** What cart-echo calls on a private channel. Only `listen` is sure to be there. */
export interface ChannelLike {
  listen(event: string, callback: (payload: unknown) => void): unknown
  stopListening?(event: string, callback: (payload: unknown) => void): unknown
  subscribe?(): unknown
  subscribed?(callback: () => void): unknown
  error?(callback: (error: unknown) => void): unknown
  readonly subscription?: SubscriptionLike | undefined
}

/** pusher-js's own channel, under Echo's. */
export interface SubscriptionLike extends Bindable {
  readonly name?: string
  readonly subscribed?: boolean
  readonly subscriptionPending?: boolean
  /** Forgets a subscription that waits for an answer (pusher-js: "for internal use only"). */
  disconnect?(): unknown
}

/** pusher-js itself, as far as it can be steered. */
export interface PusherLike {
  readonly connection: SocketLike
  connect(): unknown
  disconnect(): unknown
}

/** pusher-js's connection. */
export interface SocketLike extends Bindable {
  readonly state: string
}

// Set on the target while it calls us. pusher-js reads its list of callbacks while it calls them, so one that binds again from inside would hear the same event twice.
const CALLING: unique symbol = Symbol.for('cart-echo.calling')

/** Whatever of pusher-js tells of events. */
interface Bindable {
  bind(event: string, callback: Call): unknown
  unbind(event: string, callback: Call): unknown
  bind_global(callback: Call): unknown
  unbind_global(callback: Call): unknown
  [CALLING]?: boolean | undefined
}

/** A property of anything, undefined where there is none, or where it throws, as in the window of a frame from elsewhere. Never throws. */
export const peek = (value: unknown, ...path: readonly string[]): unknown =>
  attempt(() =>
    path.reduce<unknown>(
      (found, key) => (found === null || found === undefined ? undefined : Object(found)[key]),
      value,
    ),
  )

/** The app's key of an Echo that is there; null where it is not known, as with a getter. */
export const keyOf = (echo: unknown): string | null => {
  const key = peek(echo, 'options', 'key')
  return typeof key === 'string' ? key : null
}

/** True when the value has that method. */
export const has = <Method extends string>(value: unknown, method: Method): value is Record<Method, Call> =>
  typeof peek(value, method) === 'function'

/** True for what can be bound to and unbound from, as all of pusher-js. */
export const isBindable = (value: unknown): value is SocketLike & SubscriptionLike =>
  ['bind', 'unbind', 'bind_global', 'unbind_global'].every((method) => has(value, method))

/**
 * Hears these events by one global callback. Such come first: one of the page's own that throws keeps the others of the same event from hearing it
 * (pusher-js 8.6, core/events/dispatcher.ts). Returns what unbinds it, and nothing else.
 */
export const bindAll = (target: Bindable, callbacks: Readonly<Record<string, Call>>): Stop => {
  const byName = ownOnly(callbacks)
  let isArmed = !target[CALLING]
  let isOver = false
  const hear = (event: unknown, data: unknown): void => {
    const callback = byName[String(event)]
    if (!callback || !isArmed || isOver) return
    const before = target[CALLING]
    target[CALLING] = true
    try {
      callback(data)
    } finally {
      target[CALLING] = before
    }
  }
  // A function of its own: pusher-js unbinds every equal one.
  const heardGlobally = (): void => undefined
  const unbind = (): void => {
    target.unbind_global(hear)
    for (const event of Object.keys(callbacks)) target.unbind(event, heardGlobally)
  }
  target.bind_global(hear)
  // pusher-js tells the developer's console of every event that nobody has bound by its name.
  for (const event of Object.keys(callbacks)) target.bind(event, heardGlobally)
  queueMicrotask(() => {
    isArmed = true
  })
  return () => {
    isOver = true
    // Unbound while pusher-js walks its list, the next callback would be skipped.
    if (target[CALLING]) queueMicrotask(unbind)
    else unbind()
  }
}

/** The Echo's pusher-js connection; null for connectors without one (socket.io, Ably's fork, Mercure). */
export const socketOf = (echo: EchoLike): SocketLike | null => {
  const connection = peek(echo, 'connector', 'pusher', 'connection')
  return isBindable(connection) ? connection : null
}

/** The Echo's pusher-js; null where it cannot be steered. */
export const pusherOf = (echo: EchoLike): PusherLike | null => {
  const pusher = peek(echo, 'connector', 'pusher')
  const isSteerable = socketOf(echo) && has(pusher, 'connect') && has(pusher, 'disconnect')
  return isSteerable ? (pusher as unknown as PusherLike) : null
}

/** True for the null broadcaster, whose connection says `connected` for ever while nothing ever arrives. */
export const isNullEcho = (echo: EchoLike): boolean => {
  const connector = peek(echo, 'connector')
  if (peek(echo, 'options', 'broadcaster') === 'null') return true
  // laravel-echo 2.5, connector/null-connector.ts. Asked of the connector: Echo's own socketId() throws where it has none.
  return has(connector, 'socketId') && connector.socketId() === 'fake-socket-id'
}
