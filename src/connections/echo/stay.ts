import { createAlarm } from '../../engine/clock'
import type { PageSignal, Stop } from '../../engine/environment'
import { CartEchoError, wordsOf } from '../../engine/errors'
import type { ConnectionFact } from '../../engine/state'
import { authorisationFact, delayed, readAuthorisationFailure, refused } from '../../engine/state'
import type { Sink } from '../../engine/transport'
import { type ChannelHandlers, type ChannelSeat, joinChannel } from './channel'
import { isOpenable, wasReplaced } from './find'
import { type EchoLike, type OpenableEcho, pusherOf, socketOf } from './shape'
import { isTransient, refusalOf, watchLiveness, watchSocket } from './socket'
import { createStanding } from './standing'
import { type Steering, steer } from './steering'
import type { EchoTransportOptions } from './transport'

/** A page that has moved on may leave the channel of a part that is gone, such as one with `useEcho` of echo-react. */
const LOOK_AFTER_MOVE_MS = 1_000
/** A fresh Echo takes the place of one that gave up, not in step with those of all other pages. */
const RENEWED_WITHIN_MS = 2_000

/** What is known of the Echos before: whether a socket could be opened here at all. */
export interface Past {
  hasWorked: boolean
}

/** Stays on the channel of an Echo, until it is not worth staying with: then whoever called moves on. Throws what the Echo throws. */
export const stay = (
  echo: EchoLike,
  options: EchoTransportOptions,
  sink: Sink,
  moveOn: () => void,
  past: Past,
): Stop => {
  const { environment, channel, events, echo: source } = options
  const isOurs = isOpenable(source)
  const pusher = (options.steer ?? isOurs) ? pusherOf(echo) : null
  const socket = socketOf(echo)
  const looking = createAlarm(environment)
  const renewal = createAlarm(environment)
  let hasSaidSo = false
  let seat: ChannelSeat | null = null
  let steering: Steering | null = null
  let hasLeft = false
  let hasStood = false
  const askAnew = (): void => {
    try {
      seat?.askAnew()
    } catch (cause) {
      sink.state(echoFailed(cause))
    }
  }
  const standing = createStanding(environment, sink, askAnew, () => steering)

  const handlers: ChannelHandlers = {
    heard: (event, payload) => {
      // Proof enough where a connector never confirms, such as socket.io's.
      if (!standing.is('live')) standing.confirmed()
      sink.deliver(event, payload)
    },
    subscribed: standing.confirmed,
    refused: (error) => {
      const failure = readAuthorisationFailure(error)
      standing.turnedAway(authorisationFact(failure, channel), failure.retryAfterMs)
    },
  }

  const sitDown = (): void => {
    seat?.stop()
    seat = null
    seat = joinChannel(echo, channel, events, handlers)
    hearThatConfirmed()
  }

  // It may have been before anybody listened.
  const hearThatConfirmed = (): void => {
    if (standing.is('awaiting') && seat?.isSubscribed()) standing.confirmed()
  }

  const open = (): void => {
    past.hasWorked = true
    hasStood = true
    standing.open()
    hearThatConfirmed()
  }

  // What the server says now is said at the door.
  const opening = (): void => {
    hasStood = false
    standing.opening()
  }

  // Nothing tells that somebody left our channel.
  const hear = (signal: PageSignal): void => {
    if (signal === 'moved') looking.set(LOOK_AFTER_MOVE_MS, look)
    else look()
  }

  const look = (): void => {
    // Echo.disconnect() and connect() make another socket; a page may also put another Echo in its place.
    if (socketOf(echo) !== socket || wasReplaced(source, echo)) return moveOn()
    if (!seat?.isStillThere()) returnToChannel()
  }

  const returnToChannel = (): void => {
    standing.left()
    if (hasLeft) return
    try {
      sitDown()
    } catch (cause) {
      sink.state(echoFailed(cause))
    }
  }

  const errorCode = (code: number, staysOpen: boolean): void => {
    const reason = staysOpen ? null : refusalOf(code, hasStood)
    // Steered, what may change by itself is asked again.
    if (reason && !(pusher && isTransient(code, hasStood))) standing.keptOut(refused(reason, { detail: `(${code})` }))
    // A refused signature comes without a channel name, and nothing follows it: it can only be ours while ours is pending.
    if (staysOpen && code === 4009 && seat?.isPending()) standing.turnedAway(delayed('signature-refused'), 0)
  }

  const unreadable = (why: unknown): void =>
    standing.keptOut(delayed('socket-refused', { detail: `Its greeting cannot be read: ${wordsOf(why)}` }))

  // pusher-js before 8.2 has two lives for its WebSocket (core/transports/transport_manager.ts): what worked once has not become impossible by two losses.
  const failed = (): void => {
    if (!past.hasWorked) return standing.failed()
    standing.lost()
    if (isOpenable(source)) return renew(source)
    if (!hasSaidSo) sink.report(gaveUp())
    hasSaidSo = true
  }

  const renew = (own: OpenableEcho): void => {
    const inMs = environment.random() * RENEWED_WITHIN_MS
    standing.lost(environment.nowMs() + inMs)
    renewal.set(inMs, () => {
      own.close()
      moveOn()
    })
  }

  const stops = [
    watchSocket(echo, { ...standing, opening, open, failed, unreadable, errorCode }),
    renewal.stop,
    watchLiveness(echo, environment, {
      dead: () => (steering ? steering.reconnect() : standing.lost()),
      // Given up on, and alive after all.
      alive: () => {
        if (standing.is('away') && socket?.state === 'connected') open()
      },
    }),
    standing.stop,
    environment.watchPage(hear),
    looking.stop,
  ]
  if (pusher) {
    // After the socket is watched, so that what this says of it comes last.
    steering = steer(pusher, environment, {
      isOurs,
      waiting: standing.lost,
      threw: (cause) => sink.report(listenerThrew(cause)),
      turnedAway: (code, nextTryAtMs) => {
        const reason = code === 4004 ? 'over-capacity' : 'socket-refused'
        standing.keptOut(delayed(reason, { detail: `(${code})` }), nextTryAtMs)
      },
    })
    stops.push(steering.stop)
  }
  const leave = (): void => {
    hasLeft = true
    for (const stop of stops.splice(0)) stop()
    seat?.stop()
  }

  try {
    sitDown()
  } catch (cause) {
    leave()
    throw cause
  }
  return leave
}

const gaveUp = (): CartEchoError =>
  new CartEchoError('no-web-socket', 'pusher-js gave up on WebSocket after it had worked, as before 8.2: update it.')

const listenerThrew = (cause: unknown): CartEchoError =>
  new CartEchoError('listener-failed', `A listener of the page's own socket threw: ${wordsOf(cause)}`, { cause })

/** The fact of an Echo that threw. */
export const echoFailed = (cause: unknown): ConnectionFact => refused('echo-failed', { cause, detail: wordsOf(cause) })
