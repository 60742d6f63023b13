import type { ConnectionFact } from '../core/connection'
import type { Environment, Stop } from '../core/environment'
import { wordsOf } from '../core/errors'
import { authorisationFact, delayed, readAuthorisationFailure, refused } from '../core/refusal'
import type { Link, Sink, Transport } from '../core/transport'
import { type ChannelSeat, joinChannel } from './echo/channel'
import { findEcho, isOpenable, wasReplaced } from './echo/find'
import { watchLiveness } from './echo/liveness'
import { createRetry } from './echo/retry'
import { type EchoLike, type EchoSource, isNullEcho, pusherOf, socketOf } from './echo/shape'
import { watchSocket } from './echo/socket'
import { isForGood, isTransient, type Steering, steer } from './echo/steering'

/** What an Echo transport is made of. */
export interface EchoTransportOptions {
  readonly environment: Environment
  readonly echo: EchoSource
  /** The private channel without `private-`, such as `App.Models.User.7`. */
  readonly channel: string
  /** The events to listen to, without Echo's leading dot. */
  readonly events: readonly string[]
  /** Whether to drive pusher-js's reconnection. Default: only that of an Echo of our own. */
  readonly steer?: boolean | undefined
}

/** How long the server may take to confirm a subscription on an open socket; pusher-js itself would wait for ever. */
const CONFIRM_WITHIN_MS = 10_000
/** How often to look whether somebody left our channel. Nothing tells: it takes a look. */
const LOOK_EVERY_MS = 2_000
/** Over how long pages that are back spread what they ask: those that pusher-js brings back in step, and those that come one by one. */
const ASK_WITHIN_MS = { inStep: 2_000, oneByOne: 500 }

/**
 * Listens on a private channel of an Echo as a good guest: binds and removes its own callbacks only, never leaves the
 * channel, and binds again when somebody else left it. Says `subscribed` only when the server confirmed the channel. What failed for
 * now is authorised anew, later each time; a socket that may have died unnoticed is pinged. Never throws; asks nothing, for there is
 * nothing to ask.
 */
export const echoTransport =
  (options: EchoTransportOptions): Transport =>
  (sink) => {
    const { environment, echo: source } = options
    let stopFinding: Stop = () => undefined
    let leave: Stop = () => undefined
    let stopped = false
    const find = (): void => {
      stopFinding = findEcho(
        source,
        environment,
        (echo) => {
          leave = visit(echo, options, sink, moveOn)
          // It has spoken meanwhile, and whoever heard it may have stopped us.
          if (stopped) leave()
        },
        (error) => sink.state({ name: 'refused', because: 'no-echo', error }),
      )
    }
    const moveOn = (): void => {
      leave()
      sink.state({ name: 'channel-left' })
      if (!stopped) find()
    }
    find()
    const stop = once(() => {
      stopped = true
      stopFinding()
      // An Echo that throws while we leave must not keep its socket open for that.
      try {
        leave()
      } finally {
        if (isOpenable(source)) source.close()
      }
    })
    return { stop } satisfies Link
  }

const once = (run: Stop): Stop => {
  let done = false
  return () => {
    if (!done) run()
    done = true
  }
}

const visit = (echo: EchoLike, options: EchoTransportOptions, sink: Sink, moveOn: () => void): Stop => {
  try {
    if (!isNullEcho(echo)) return stay(echo, options, sink, moveOn)
    sink.state(refused('no-real-time'))
  } catch (cause) {
    sink.state(echoFailed(cause))
  }
  return () => undefined
}

/** What does not mend itself in seconds. */
const PATIENTLY: ReadonlySet<string> = new Set(['blocked', 'signature-refused'])
const PATIENCE_MS = 10_000

type Refusal = ConnectionFact & { name: 'delayed' | 'refused' }

/** Where we stand: the socket is away, the confirmation is awaited, the channel is ours, or the authorisation failed. */
type Standing = 'away' | 'awaiting' | 'live' | 'turned-away'

const stay = (echo: EchoLike, options: EchoTransportOptions, sink: Sink, moveOn: () => void): Stop => {
  const { environment, channel, events, echo: source } = options
  const socket = socketOf(echo)
  const pusher = mustSteer(options) ? pusherOf(echo) : null
  let standing: Standing = 'away'
  let seat: ChannelSeat | null = null
  let steering: Steering | null = null
  let stopConfirmation: Stop = () => undefined
  let stopLooking: Stop = () => undefined
  let wasLive = false
  let hasLeft = false
  let silences = 0
  let trouble: Refusal | null = null
  // Turned away there: that is the reason until a socket opens, whatever pusher-js does next.
  let isAtTheDoor = false
  const retry = createRetry(environment, () => {
    stand('awaiting')
    seat?.askAnew()
  })

  const stand = (next: Standing, fact?: ConnectionFact): void => {
    stopConfirmation()
    standing = next
    if (next !== 'turned-away') retry.stop()
    if (next === 'awaiting') stopConfirmation = environment.schedule(CONFIRM_WITHIN_MS, unconfirmed)
    // Last, for whoever hears it may stop us.
    if (fact) sink.state(fact)
  }

  const unconfirmed = (): void => {
    silences += 1
    // A fresh authorisation first, a fresh socket if that does not help.
    if (steering && silences % 2 === 0) steering.reconnect()
    else beTurnedAway(delayed('no-answer'), 0)
  }

  const beTurnedAway = (refusal: Refusal, retryAfterMs: number): void => {
    stand('turned-away')
    const fact = known(refusal)
    if (fact.name === 'refused') return sink.state(fact)
    sink.state({ ...fact, nextTryAtMs: retry.plan(retryAfterMs + (PATIENTLY.has(fact.because) ? PATIENCE_MS : 0)) })
  }

  // One trouble is one error, however often it is met.
  const known = (refusal: Refusal): Refusal => {
    const isKnown = trouble?.because === refusal.because && trouble.error?.status === refusal.error?.status
    const mine = trouble && isKnown ? trouble : refusal
    trouble = mine
    return mine
  }

  const confirmed = (): void => {
    retry.reset()
    silences = 0
    trouble = null
    steering?.proven()
    stand('live', { name: 'subscribed' })
    // pusher-js brings all pages of a shop back in step; what is steered comes back spread already.
    sink.gap('subscribed', wasLive ? ASK_WITHIN_MS[steering ? 'oneByOne' : 'inStep'] : 0)
    wasLive = true
  }

  const heard = (event: string, payload: unknown): void => {
    // Proof enough where a connector never confirms, such as socket.io's.
    if (standing !== 'live') confirmed()
    sink.deliver(event, payload)
  }

  const turnedAway = (error: unknown): void => {
    const failure = readAuthorisationFailure(error)
    beTurnedAway(authorisationFact(failure, channel), failure.retryAfterMs)
  }

  const sitDown = (): void => {
    seat?.stop()
    seat = null
    seat = joinChannel(echo, channel, events, { heard, subscribed: confirmed, refused: turnedAway })
    if (standing === 'awaiting' && seat.isSubscribed()) confirmed()
  }

  const returnToChannel = (): void => {
    if (standing !== 'away') stand('awaiting', { name: 'channel-left' })
    if (hasLeft) return
    try {
      sitDown()
    } catch (cause) {
      sink.state(echoFailed(cause))
    }
  }

  const look = (): void => {
    // Echo.disconnect() and connect() make another socket; a page may also put another Echo in its place.
    if (socketOf(echo) !== socket || wasReplaced(source, echo)) return moveOn()
    stopLooking = environment.schedule(LOOK_EVERY_MS, look)
    if (!seat?.isStillThere()) returnToChannel()
  }

  const beLost = (): void => stand('away', isAtTheDoor ? undefined : { name: 'socket-lost' })

  const beOpen = (): void => {
    isAtTheDoor = false
    if (standing === 'away') stand('awaiting', { name: 'socket-open' })
    if (standing === 'awaiting' && seat?.isSubscribed()) confirmed()
  }

  const beCoded = (code: number, staysOpen: boolean): void => {
    if (!staysOpen) return beRefusedAtTheDoor(code)
    // A refused signature comes without a channel name, and nothing follows it: it can only be ours while ours is pending.
    if (code === 4009 && seat?.isPending()) beTurnedAway(delayed('signature-refused'), 0)
  }

  const beRefusedAtTheDoor = (code: number): void => {
    const because = handshakeRefusal(code)
    // Steered, it is asked again.
    if (because && (!pusher || !isTransient(code))) stayOutside(refused(because, { detail: `(${code})` }))
  }

  const stayOutside = (refusal: Refusal, nextTryAtMs?: number): void => {
    isAtTheDoor = true
    const fact = known(refusal)
    stand('away', fact.name === 'delayed' ? { ...fact, nextTryAtMs } : fact)
  }

  const stops = [
    watchSocket(echo, {
      opening: () => stand('away', { name: 'socket-opening' }),
      open: beOpen,
      lost: beLost,
      failed: () => stand('away', refused('no-web-socket')),
      errorCode: beCoded,
    }),
    watchLiveness(echo, environment, {
      dead: () => {
        if (steering) return steering.reconnect()
        beLost()
      },
      // Given up on, and alive after all.
      alive: () => {
        if (standing === 'away' && socket?.state === 'connected') beOpen()
      },
    }),
  ]
  if (pusher) {
    // After the socket is watched, so that what this says of it comes last.
    steering = steer(pusher, environment, {
      isOurs: isOpenable(source),
      waiting: (nextTryAtMs) => stand('away', isAtTheDoor ? undefined : { name: 'socket-lost', nextTryAtMs }),
      turnedAway: (code, nextTryAtMs) => {
        const because = code === 4004 ? 'over-capacity' : 'socket-refused'
        stayOutside(delayed(because, { detail: `(${code})` }), nextTryAtMs)
      },
    })
    stops.push(steering.stop)
  }
  const leave = (): void => {
    hasLeft = true
    stopConfirmation()
    stopLooking()
    retry.stop()
    for (const stop of stops.splice(0)) stop()
    seat?.stop()
  }

  try {
    sitDown()
  } catch (cause) {
    leave()
    throw cause
  }
  stopLooking = environment.schedule(LOOK_EVERY_MS, look)
  return leave
}

const mustSteer = ({ steer, echo }: EchoTransportOptions): boolean => steer ?? isOpenable(echo)

// Reverb's error frames in the handshake, after which pusher-js gives up (recorded on Reverb 1.10), and its codes for good.
const handshakeRefusal = (code: number) => {
  if (code === 4001) return 'unknown-app'
  if (code === 4004) return 'over-capacity'
  if (code === 4009) return 'origin-refused'
  return isForGood(code) ? 'socket-refused' : null
}

const echoFailed = (cause: unknown): ConnectionFact => refused('echo-failed', { cause, detail: wordsOf(cause) })
