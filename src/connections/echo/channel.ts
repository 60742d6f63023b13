import type { Stop } from '../../engine/environment'
import { wordsOf } from '../../engine/errors'
import { attempt } from '../../engine/shape'
import { bindAll, type ChannelLike, type EchoLike, has, isBindable, peek, type SubscriptionLike } from './shape'

/** What happens on the shopper's channel. */
interface ChannelHandlers {
  readonly heard: (event: string, payload: unknown) => void
  /** The server confirmed the subscription; again after every reconnect. */
  readonly confirmed: () => void
  /** The authorisation failed; the argument is what Echo hands over. */
  readonly refused: (error: unknown) => void
}

/**
 * Joins `private-{name}`. `App.Models.User.{id}` is also Laravel's notification channel and Livewire's: only our own
 * callbacks are bound, and only they are removed. Throws what Echo throws.
 */
export const joinChannel = (echo: EchoLike, name: string, events: readonly string[], handlers: ChannelHandlers) => {
  const channel = echo.private(name) as ChannelLike
  // Echo hands out the channel it has; one that was turned away is authorised anew only when asked to (pusher-js 8.6, pusher.ts).
  const before = channel.subscription
  const wasRefused = before?.subscribed === false && before.subscriptionPending === false
  if (wasRefused || !subscriptionIsCurrent(echo, channel)) channel.subscribe?.()
  const { subscription } = channel
  const isStillThere = watchForLeave(echo, channel)
  const stop = isBindable(subscription)
    ? listenByPusher(subscription, events, handlers)
    : listen(channel, events, handlers)
  return {
    /** True while the server's confirmation stands. */
    isSubscribed: () => subscription?.subscribed === true,
    /** True while an answer to our subscription is awaited. */
    isPending: () => subscription?.subscriptionPending === true,
    /** False once somebody left the channel: our callbacks are then on a dead object, and nobody says so. */
    isStillThere,
    /** Asks for the channel anew, with a fresh authorisation; also when an answer is still awaited. */
    askAnew: () => {
      // While an answer is pending, subscribe() alone does nothing; leave() and private() do not help either (pusher-js 8.6, pusher.ts).
      if (subscription?.subscriptionPending) subscription.disconnect?.()
      channel.subscribe?.()
    },
    /** Takes our own callbacks away, and nothing else. Never leaves the channel. */
    stop,
  }
}

// Echo's own subscribed() and error() cannot be taken back, pusher-js's bind can (laravel/echo#490).
const listenByPusher = (
  subscription: SubscriptionLike,
  events: readonly string[],
  { heard, confirmed, refused }: ChannelHandlers,
): Stop =>
  bindAll(subscription, {
    ...Object.fromEntries(events.map((event) => [event, (payload: unknown) => heard(event, payload)])),
    'pusher:subscription_succeeded': confirmed,
    'pusher:subscription_error': refused,
  })

const listen = (channel: ChannelLike, events: readonly string[], handlers: ChannelHandlers): Stop => {
  let isThere = true
  const whileThere = (run: (value: unknown) => void) => (value?: unknown) => {
    if (isThere) run(value)
  }
  // Without the dot Echo would bind App\Events\cart\conditions\changed instead, and say nothing.
  const callbacks = events.map(
    (event) => [`.${event}`, whileThere((payload) => handlers.heard(event, payload))] as const,
  )
  const stop = (): void => {
    isThere = false
    for (const [event, callback] of callbacks) channel.stopListening?.(event, callback)
  }
  try {
    for (const [event, callback] of callbacks) channel.listen(event, callback)
    channel.subscribed?.(whileThere(handlers.confirmed))
    channel.error?.(whileThere(handlers.refused))
  } catch (cause) {
    stop()
    throw cause
  }
  return stop
}

// echo.leave() forgets the channel, and a later private() makes another object (laravel-echo 2.5, pusher-connector.ts).
// Connectors name their channels in their own ways: what is not found at first cannot be missed later.
const watchForLeave = (echo: EchoLike, channel: ChannelLike): (() => boolean) => {
  const channels = (): Record<string, unknown> => Object(peek(echo, 'connector', 'channels'))
  const key = Object.keys(channels()).find((name) => channels()[name] === channel)
  const wasCurrent = subscriptionIsCurrent(echo, channel)
  return () =>
    (key === undefined || channels()[key] === channel) && (!wasCurrent || subscriptionIsCurrent(echo, channel))
}

// pusher.unsubscribe() forgets the subscription behind Echo's back.
const subscriptionIsCurrent = (echo: EchoLike, { subscription }: ChannelLike): boolean => {
  const pusher = peek(echo, 'connector', 'pusher')
  if (!subscription?.name || !has(pusher, 'channel')) return true
  return pusher.channel(subscription.name) === subscription
}

/**
 * The HTTP status in what Echo passes to a channel's error callback; 0 where it has none. pusher-js's own request gives `{ type, error, status }`; a custom
 * handler only gives a message, so the status is also read from words such as `HTTP 419` or `auth 403`. Never throws.
 * Source: pusher-js 8.6, `core/channels/channel.ts`.
 */
export const statusOf = (failure: unknown): number => {
  const { status, error, message } = attempt(() => fieldsOf(Object(failure))) ?? {}
  if (typeof status === 'number') return status
  // `auth 403` is from our stand-in server, `status code 403` from axios.
  const words = `${wordsOf(error ?? '')} ${wordsOf(message ?? '')}`
  return Number(/\b(?:HTTP|auth|status|status code):? (\d{1,3})\b/.exec(words)?.[1] ?? 0)
}

const fieldsOf = ({ status, error, message }: Record<string, unknown>) => ({ status, error, message })
