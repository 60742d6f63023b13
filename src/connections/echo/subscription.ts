import { createAlarm } from '../../engine/clock'
import type { PageSignal, Stop } from '../../engine/environment'
import { CartEchoError, wordsOf } from '../../engine/errors'
import { type ConnectionFact, delayed, echoThrew, refused } from '../../engine/state'
import type { Sink } from '../../engine/transport'
import { authorisationFact, createRefusals, isTransient, type Refusal, socketRefusalOf } from '../refusal'
import { joinChannel, readAuthorisationFailure } from './channel'
import { wasReplaced } from './find'
import { steer } from './reconnect'
import { type EchoLike, pusherOf, socketOf } from './shape'
import { watchLiveness, watchSocket } from './socket'
import type { EchoTransportOptions } from './transport'

/**
 * How far we are: no socket is open; the server refused it, which is the reason until one opens, whatever pusher-js does next; the
 * confirmation of the channel is awaited; the channel is ours; the channel was refused.
 */
type Phase = 'no-socket' | 'socket-refused' | 'subscribing' | 'live' | 'channel-refused'

/** How long the server may take to confirm a subscription on an open socket; pusher-js itself would wait for ever. */
const CONFIRM_WITHIN_MS = 10_000
/** Over how long pages that are back spread what they ask. pusher-js brings all of a shop back in step; what is steered comes spread. */
const IN_STEP_WITHIN_MS = 2_000
const STEERED_WITHIN_MS = 100
/** A page that has moved on may leave the channel of a part that is gone, such as one with `useEcho` of echo-react. */
const LOOK_AFTER_MOVE_MS = 1_000

/** What is known of the Echos before: whether a socket could be opened here at all. */
export interface Past {
  hasWorked: boolean
}

/**
 * Keeps a page subscribed to its channel on one Echo, says how far that is, and asks for the channel anew until it is confirmed. When the Echo is not worth
 * staying with, `moveOn` is called. Throws what the Echo throws.
 */
export const subscribe = (
  echo: EchoLike,
  options: EchoTransportOptions,
  sink: Sink,
  moveOn: () => void,
  past: Past,
): Stop => {
  const { environment, channel, events, echo: source } = options
  const pusher = options.steer ? pusherOf(echo) : null
  const socket = socketOf(echo)
  const refusals = createRefusals(environment)
  const looking = createAlarm(environment)
  // Each phase waits for one thing at most.
  const alarm = createAlarm(environment)
  let phase: Phase = 'no-socket'
  let joined: ReturnType<typeof joinChannel> | null = null
  let steering: ReturnType<typeof steer> | null = null
  let hasLeft = false
  /** Whether the present socket was open once: during the handshake 4009 means something else. */
  let wasOpen = false
  let wasLive = false
  let hasReported = false
  let unanswered = 0

  const enter = (next: Phase, fact: ConnectionFact | null, inMs = 0, run: (() => void) | null = null): void => {
    if (hasLeft) return
    phase = next
    alarm.stop()
    if (next === 'subscribing') alarm.set(CONFIRM_WITHIN_MS, unconfirmed)
    if (run) alarm.set(inMs, run)
    // Last: whoever hears the fact may stop us.
    if (fact) sink.state(fact)
  }

  const hasSocket = (): boolean => phase !== 'no-socket' && phase !== 'socket-refused'

  const reportThrown = (run: () => void): void => {
    try {
      run()
    } catch (cause) {
      sink.state(echoThrew(cause))
    }
  }

  // The socket.

  const opening = (): void => {
    wasOpen = false
    enter(phase === 'socket-refused' ? phase : 'no-socket', { name: 'socket-opening' })
  }

  const open = (): void => {
    past.hasWorked = true
    wasOpen = true
    if (!hasSocket()) enter('subscribing', { name: 'socket-open' })
    confirmIfSubscribed()
  }

  const lost = (nextTryAtMs?: number): void => {
    if (phase !== 'socket-refused') enter('no-socket', { name: 'socket-lost', nextTryAtMs })
  }

  const dead = (): void => (steering ? steering.reconnect() : lost())

  // It was given up, and is alive after all.
  const alive = (): void => {
    if (phase === 'no-socket' && socket?.state === 'connected') open()
  }

  const socketRefused = (refusal: Refusal, nextTryAtMs?: number): void => {
    const fact = refusals.firstOf(refusal)
    enter('socket-refused', fact.name === 'delayed' ? { ...fact, nextTryAtMs } : fact)
  }

  const unreadable = (why: unknown): void =>
    socketRefused(delayed('socket-refused', { detail: `(greeting: ${wordsOf(why)})` }))

  const errorCode = (code: number, staysOpen: boolean): void => {
    // A refused signature comes without a channel name, and nothing follows it: it can only be ours while ours is pending.
    if (staysOpen && code === 4009 && joined?.isPending()) channelRefused(delayed('signature-refused'))
    const reason = staysOpen ? null : socketRefusalOf(code, wasOpen)
    // A steered connection tries again what may mend by itself.
    if (reason && !(pusher && isTransient(reason))) socketRefused(refused(reason, { detail: `(${code})` }))
  }

  // pusher-js before 8.2 has two lives for its WebSocket (core/transports/transport_manager.ts): what worked once has not become impossible by two losses.
  const failed = (): void => {
    const next = phase === 'socket-refused' ? phase : 'no-socket'
    if (!past.hasWorked) return enter(next, refused('no-web-socket'))
    lost()
    if (hasReported) return
    hasReported = true
    const words = 'pusher-js gave up: update it to 8.2 or later.'
    sink.report(new CartEchoError('no-web-socket', words))
  }

  // The channel.

  const join = (): void => {
    joined?.stop()
    joined = null
    joined = joinChannel(echo, channel, events, { heard, confirmed, refused: notAuthorised })
    confirmIfSubscribed()
  }

  // It may have been before anybody listened.
  const confirmIfSubscribed = (): void => {
    if (phase === 'subscribing' && joined?.isSubscribed()) confirmed()
  }

  const heard = (event: string, payload: unknown): void => {
    // A broadcast proves the subscription, for connectors that never confirm, such as socket.io's.
    if (phase !== 'live') confirmed()
    sink.deliver(event, payload)
  }

  const confirmed = (): void => {
    unanswered = 0
    refusals.clear()
    steering?.proven()
    enter('live', { name: 'subscribed' })
    const backWithinMs = steering ? STEERED_WITHIN_MS : IN_STEP_WITHIN_MS
    sink.resync(wasLive ? backWithinMs : 0)
    wasLive = true
  }

  const notAuthorised = (error: unknown): void => {
    const failure = readAuthorisationFailure(error)
    channelRefused(authorisationFact(failure, channel), failure.retryAfterMs)
  }

  const channelRefused = (refusal: Refusal, retryAfterMs = 0): void => {
    const fact = refusals.firstOf(refusal)
    if (fact.name === 'refused') return enter('channel-refused', fact)
    const inMs = refusals.askAgainInMs(fact, retryAfterMs)
    enter('channel-refused', { ...fact, nextTryAtMs: environment.nowMs() + inMs }, inMs, () => {
      enter('subscribing', null)
      reportThrown(() => joined?.askAnew())
    })
  }

  // A fresh authorisation first, a fresh socket if that does not help.
  const unconfirmed = (): void => {
    unanswered += 1
    if (unanswered % 2 === 0 && steering) steering.reconnect()
    else channelRefused(delayed('no-answer'))
  }

  // Nothing tells that somebody left our channel.
  const look = (): void => {
    // Echo.disconnect() and connect() make another socket; a page may also put another Echo in its place.
    if (socketOf(echo) !== socket || wasReplaced(source, echo)) return moveOn()
    if (joined?.isStillThere()) return
    if (hasSocket()) enter('subscribing', { name: 'channel-left' })
    if (!hasLeft) reportThrown(join)
  }

  const stops = [
    alarm.stop,
    looking.stop,
    watchSocket(echo, { opening, open, lost, failed, unreadable, errorCode }),
    watchLiveness(echo, environment, dead, alive),
    environment.watchPage((signal: PageSignal) => {
      if (signal === 'moved') looking.set(LOOK_AFTER_MOVE_MS, look)
      else look()
    }),
  ]
  const leave = (): void => {
    hasLeft = true
    for (const stop of stops.splice(0)) stop()
    joined?.stop()
  }

  if (pusher) {
    // After the socket is watched, so that the facts of the channel come last.
    steering = steer(pusher, environment, {
      waiting: lost,
      threw: (cause) => {
        const words = `A listener of the socket threw: ${wordsOf(cause)}`
        sink.report(new CartEchoError('listener-failed', words, { cause }))
      },
      refused: (code, nextTryAtMs) => {
        const reason = code === 4004 ? 'over-capacity' : 'socket-refused'
        socketRefused(delayed(reason, { detail: `(${code})` }), nextTryAtMs)
      },
    })
    stops.push(steering.stop)
  }
  try {
    join()
  } catch (cause) {
    leave()
    throw cause
  }
  return leave
}
