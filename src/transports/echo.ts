import type { ConnectionFact } from '../core/connection'
import type { Environment, Stop } from '../core/environment'
import { wordsOf } from '../core/errors'
import { authorisationFact, delayed, readAuthorisationFailure, refused } from '../core/refusal'
import type { Link, Sink, Transport } from '../core/transport'
import { type ChannelSeat, joinChannel } from './echo/channel'
import { findEcho, isOpenable, wasReplaced } from './echo/find'
import { type EchoLike, type EchoSource, isNullEcho, socketOf } from './echo/shape'
import { watchSocket } from './echo/socket'

/** What an Echo transport is made of. */
export interface EchoTransportOptions {
  readonly environment: Environment
  readonly echo: EchoSource
  /** The private channel without `private-`, such as `App.Models.User.7`. */
  readonly channel: string
  /** The events to listen to, without Echo's leading dot. */
  readonly events: readonly string[]
}

/** How long the server may take to confirm a subscription on an open socket; pusher-js itself would wait for ever. */
const CONFIRM_WITHIN_MS = 10_000
/** How often to look whether somebody left our channel. Nothing tells: it takes a look. */
const LOOK_EVERY_MS = 2_000

/**
 * Listens on a private channel of an Echo as a good guest: binds and removes its own callbacks only, never leaves the
 * channel, and binds again when somebody else left it. Says `subscribed` only when the server confirmed the channel. Never
 * throws; asks nothing, for there is nothing to ask.
 */
export const echoTransport =
  (options: EchoTransportOptions): Transport =>
  (sink) => {
    const { environment, echo: source } = options
    let stopFinding: Stop = () => undefined
    let leave: Stop = () => undefined
    const find = (): void => {
      stopFinding = findEcho(
        source,
        environment,
        (echo) => {
          leave = visit(echo, options, sink, moveOn)
        },
        (error) => sink.state({ name: 'refused', because: 'no-echo', error }),
      )
    }
    const moveOn = (): void => {
      leave()
      sink.state({ name: 'channel-left' })
      find()
    }
    find()
    const stop = once(() => {
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

/** Where we stand: the socket is away, the confirmation is awaited, the channel is ours, or the authorisation failed. */
type Standing = 'away' | 'awaiting' | 'live' | 'turned-away'

const stay = (echo: EchoLike, options: EchoTransportOptions, sink: Sink, moveOn: () => void): Stop => {
  const { environment, channel, events, echo: source } = options
  const socket = socketOf(echo)
  let standing: Standing = 'away'
  let seat: ChannelSeat | null = null
  let stopConfirmation: Stop = () => undefined
  let stopLooking: Stop = () => undefined

  const stand = (next: Standing, fact?: ConnectionFact): void => {
    stopConfirmation()
    standing = next
    if (fact) sink.state(fact)
    if (next !== 'awaiting') return
    stopConfirmation = environment.schedule(CONFIRM_WITHIN_MS, () => sink.state(delayed('no-answer')))
  }

  const confirmed = (): void => {
    stand('live', { name: 'subscribed' })
    sink.gap('subscribed')
  }

  const heard = (event: string, payload: unknown): void => {
    // Proof enough where a connector never confirms, such as socket.io's.
    if (standing !== 'live') confirmed()
    sink.deliver(event, payload)
  }

  const turnedAway = (error: unknown): void =>
    stand('turned-away', authorisationFact(readAuthorisationFailure(error), channel))

  const sitDown = (): void => {
    seat?.stop()
    seat = null
    seat = joinChannel(echo, channel, events, { heard, subscribed: confirmed, refused: turnedAway })
    if (standing === 'awaiting' && seat.isSubscribed()) confirmed()
  }

  const returnToChannel = (): void => {
    if (standing !== 'away') stand('awaiting', { name: 'channel-left' })
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

  const stopWatching = watchSocket(echo, {
    opening: () => stand('away', { name: 'socket-opening' }),
    open: () => {
      if (standing === 'away') stand('awaiting', { name: 'socket-open' })
      if (standing === 'awaiting' && seat?.isSubscribed()) confirmed()
    },
    lost: () => stand('away', { name: 'socket-lost' }),
    failed: () => stand('away', refused('no-web-socket')),
    errorCode: (code, wasOpen) => {
      const fact = wasOpen ? openSocketError(code, seat) : handshakeError(code)
      if (fact) stand(wasOpen ? 'turned-away' : 'away', fact)
    },
  })
  const leave = (): void => {
    stopConfirmation()
    stopLooking()
    stopWatching()
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

// Reverb's error frames in the handshake, after which pusher-js gives up (recorded on Reverb 1.10).
const handshakeError = (code: number): ConnectionFact | null => {
  if (code === 4001) return refused('unknown-app')
  if (code === 4004) return refused('over-capacity')
  return code === 4009 ? refused('origin-refused') : null
}

// A refused signature comes without a channel name, and nothing follows it: it can only be ours while ours is pending.
const openSocketError = (code: number, seat: ChannelSeat | null): ConnectionFact | null =>
  code === 4009 && seat?.isPending() ? delayed('signature-refused') : null

const echoFailed = (cause: unknown): ConnectionFact => refused('echo-failed', { cause, detail: wordsOf(cause) })
