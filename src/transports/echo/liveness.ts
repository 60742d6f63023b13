import type { Environment, PageSignal, Stop } from '../../core/environment'
import { watchSignals } from '../../core/watch-signals'
import { bindAll, type EchoLike, has, peek, socketOf } from './shape'

/** What became of a doubt whether an open socket is alive. */
export interface LivenessHandlers {
  /** The socket says it is open, and does not answer. */
  readonly dead: () => void
  /** Something came by it. */
  readonly alive: () => void
}

/** How long an answer to our own ping may take; pusher-js would wait 30 s more by default. */
const ANSWER_WITHIN_MS = 4_000

const DOUBTFUL: ReadonlySet<PageSignal> = new Set(['visible', 'online', 'offline', 'resumed', 'restored', 'woke'])

/**
 * Pings by the Pusher protocol (https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/#ping-pong)
 * whenever the socket may have died unnoticed: the page is looked at again, the network came or went, the clock jumped. Does nothing
 * for an Echo without a pusher-js socket.
 */
export const watchLiveness = (echo: EchoLike, environment: Environment, handlers: LivenessHandlers): Stop => {
  const socket = socketOf(echo)
  const pusher = peek(echo, 'connector', 'pusher')
  if (!socket || !has(pusher, 'send_event')) return () => undefined
  // Set while an answer is awaited.
  let stopAnswer: Stop | null = null

  const ping = (): void => {
    if (stopAnswer || socket.state !== 'connected') return
    pusher.send_event('pusher:ping', {})
    stopAnswer = environment.schedule(ANSWER_WITHIN_MS, () => {
      stopAnswer = null
      if (socket.state === 'connected') handlers.dead()
    })
  }

  const expectNothing = (): void => {
    stopAnswer?.()
    stopAnswer = null
  }

  const stopHearing = bindAll(socket, {
    message: () => {
      expectNothing()
      handlers.alive()
    },
  })
  const stopWatching = watchSignals(environment, environment, (signal) => {
    if (DOUBTFUL.has(signal)) ping()
  })
  return () => {
    expectNothing()
    stopWatching()
    stopHearing()
  }
}
