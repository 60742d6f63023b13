import type { Stop } from '../../engine/environment'
import { bindAll, type ChannelLike, type EchoLike, has, isBindable, peek, type SubscriptionLike } from './shape'

/** What happens on the shopper's channel. */
export interface ChannelHandlers {
  readonly heard: (event: string, payload: unknown) => void
  /** The server confirmed the subscription; again after every reconnect. */
  readonly subscribed: () => void
  /** The authorisation failed; the argument is what Echo hands over. */
  readonly refused: (error: unknown) => void
}

/** Our place on a channel that belongs to others too. */
export interface ChannelSeat {
  /** True while the server's confirmation stands. */
  readonly isSubscribed: () => boolean
  /** True while an answer to our subscription is awaited. */
  readonly isPending: () => boolean
  /** False once somebody left the channel: our callbacks are then on a dead object, and nobody says so. */
  readonly isStillThere: () => boolean
  /** Asks for the channel anew, with a fresh authorisation; also when an answer is still awaited. */
  readonly askAnew: () => void
  /** Takes our own callbacks away, and nothing else. Never leaves the channel. */
  readonly stop: Stop
}

const CONFIRMED = 'pusher:subscription_succeeded'
const REFUSED = 'pusher:subscription_error'

/**
 * Sits down on `private-{name}`. `App.Models.User.{id}` is also Laravel's notification channel and Livewire's: only our own
 * callbacks are bound, and only they are removed. Throws what Echo throws.
 */
export const joinChannel = (
  echo: EchoLike,
  name: string,
  events: readonly string[],
  handlers: ChannelHandlers,
): ChannelSeat => {
  const channel = echo.private(name) as ChannelLike
  // Echo hands out the channel it has; one that was turned away is authorised anew only when asked to (pusher-js 8.6, pusher.ts).
  if (!subscriptionIsCurrent(echo, channel) || wasTurnedAway(channel)) channel.subscribe?.()
  const { subscription } = channel
  const isStillThere = watchForLeave(echo, channel)
  const stops: Stop[] = []
  const stop = (): void => {
    for (const undo of stops.splice(0)) undo()
  }
  try {
    const isGlobal = has(subscription, 'bind_global')
    if (!isGlobal) for (const event of events) stops.push(listen(channel, event, handlers))
    stops.push(
      isBindable(subscription)
        ? watchPusher(subscription, isGlobal ? events : [], handlers)
        : watchEcho(channel, handlers),
    )
  } catch (cause) {
    stop()
    throw cause
  }
  return {
    isSubscribed: () => subscription?.subscribed === true,
    isPending: () => subscription?.subscriptionPending === true,
    isStillThere,
    // While an answer is pending, subscribe() alone does nothing; leave() and private() do not help either (pusher-js 8.6, pusher.ts).
    askAnew: () => {
      if (subscription?.subscriptionPending) subscription.disconnect?.()
      channel.subscribe?.()
    },
    stop,
  }
}

// Without the dot Echo would bind App\Events\cart\conditions\changed instead, and say nothing.
const listen = (channel: ChannelLike, event: string, { heard }: ChannelHandlers): Stop => {
  let there = true
  const callback = (payload: unknown): void => {
    if (there) heard(event, payload)
  }
  channel.listen(`.${event}`, callback)
  return () => {
    there = false
    channel.stopListening?.(`.${event}`, callback)
  }
}

// Echo's own subscribed() and error() cannot be taken back, pusher-js's bind can (laravel/echo#490).
const watchPusher = (subscription: SubscriptionLike, events: readonly string[], handlers: ChannelHandlers): Stop =>
  bindAll(subscription, {
    ...Object.fromEntries(events.map((event) => [event, (payload) => handlers.heard(event, payload)])),
    [CONFIRMED]: () => handlers.subscribed(),
    [REFUSED]: (error) => handlers.refused(error),
  })

const watchEcho = (channel: ChannelLike, { subscribed, refused }: ChannelHandlers): Stop => {
  let there = true
  channel.subscribed?.(() => {
    if (there) subscribed()
  })
  channel.error?.((error) => {
    if (there) refused(error)
  })
  return () => {
    there = false
  }
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

const wasTurnedAway = ({ subscription }: ChannelLike): boolean =>
  subscription?.subscribed === false && subscription.subscriptionPending === false

// pusher.unsubscribe() forgets the subscription behind Echo's back.
const subscriptionIsCurrent = (echo: EchoLike, { subscription }: ChannelLike): boolean => {
  const pusher = peek(echo, 'connector', 'pusher')
  if (!subscription?.name || !has(pusher, 'channel')) return true
  return pusher.channel(subscription.name) === subscription
}
