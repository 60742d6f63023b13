import { createAlarm } from '../../engine/clock'
import type { Stop } from '../../engine/environment'
import { CartEchoError, wordsOf } from '../../engine/errors'
import { boundedCopy } from '../../engine/payload'
import { attempt } from '../../engine/shape'
import { type ConnectionFact, delayed, echoThrew, refused } from '../../engine/state'
import type { Sink } from '../../engine/transport'
import { BACK_WITHIN_MS } from '../reconnect'
import { authorisationFact, CONFIRM_WITHIN_MS, createRefusals, type Refusal, socketRefusal } from '../refusal'
import { joinChannel, statusOf } from './channel'
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

/** Over how long pages that are back spread what they ask where pusher-js brings all of a shop back in step. */
const IN_STEP_WITHIN_MS = 2_000
/** A page that has moved on may leave the channel of a part that is gone, such as one with `useEcho` of echo-react. */
const LOOK_AFTER_MOVE_MS = 1_000

/** A transport so far, whatever its Echo is: whether a socket could be opened here at all, and whether it was stopped. */
export interface Life {
  hasWorked: boolean
  isStopped: boolean
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
  life: Life,
): Stop => {
  const { environment, channel, events, echo: source } = options
  const pusher = options.steer ? pusherOf(echo) : null
  const socket = socketOf(echo)
  const refusals = createRefusals(environment, sink)
  const looking = createAlarm(environment)
  // Each phase waits for one thing at most.
  const alarm = createAlarm(environment)
  let phase: Phase = 'no-socket'
  let joined: ReturnType<typeof joinChannel> | null = null
  let steering: ReturnType<typeof steer> | null = null
  let hasLeft = false
  let hasReported = false

  const enter = (next: Phase, fact: ConnectionFact | null): void => {
    if (hasLeft) return
    phase = next
    alarm.stop()
    // pusher-js itself would wait for ever.
    if (next === 'subscribing') alarm.set(CONFIRM_WITHIN_MS, unconfirmed)
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

  const withoutSocket = (fact: ConnectionFact): void => enter(phase === 'socket-refused' ? phase : 'no-socket', fact)

  const opening = (): void => withoutSocket({ name: 'socket-opening' })

  const open = (): void => {
    life.hasWorked = true
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

  // A steered connection tries again what may mend by itself.
  const closed = (code: number, wasOpen: boolean): void => {
    const refusal = socketRefusal(code, wasOpen, pusher !== null)
    if (refusal?.name === 'refused') socketRefused(refusal)
  }

  // A refused signature comes without a channel name, and nothing follows it: it can only be ours while ours is pending.
  const complained = (code: number): void => {
    if (code === 4009 && joined?.isPending()) channelRefused(delayed('signature-refused'))
  }

  // pusher-js before 8.2 has two lives for its WebSocket (core/transports/transport_manager.ts): what worked once has not become impossible by two losses.
  const failed = (): void => {
    if (!life.hasWorked) return withoutSocket(refused('no-web-socket'))
    lost()
    if (hasReported) return
    hasReported = true
    sink.report(new CartEchoError('no-web-socket', 'pusher-js gave up: update it to 8.2 or later.'))
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
    // The page's own listeners are handed the same payload, and may change it.
    sink.deliver(event, attempt(() => boundedCopy(payload)) ?? payload)
  }

  const confirmed = (): void => {
    const backWithinMs = steering ? BACK_WITHIN_MS : IN_STEP_WITHIN_MS
    const withinMs = refusals.clear() ? backWithinMs : 0
    steering?.proven()
    enter('live', { name: 'subscribed' })
    sink.resync(withinMs)
  }

  const notAuthorised = (error: unknown): void =>
    channelRefused(authorisationFact(`private-${channel}`, statusOf(error), error))

  const channelRefused = (refusal: Refusal): void => {
    if (hasLeft) return
    enter('channel-refused', null)
    refusals.tell(refusal, alarm, askAnew)
  }

  const askAnew = (): void => {
    enter('subscribing', null)
    reportThrown(() => joined?.askAnew())
  }

  const unconfirmed = (): void => {
    if (refusals.needsSocket() && steering) steering.reconnect()
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
    watchSocket(echo, { opening, open, lost, failed, unreadable, closed, complained }),
    watchLiveness(echo, environment, dead, alive),
    environment.watchPage((signal) => {
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
      refused: socketRefused,
    })
    stops.push(steering.stop)
  }
  try {
    // Whoever heard of the socket may have stopped us.
    if (!life.isStopped) join()
  } catch (cause) {
    leave()
    throw cause
  }
  return leave
}
