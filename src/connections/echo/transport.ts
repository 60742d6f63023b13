import type { Stop } from '../../engine/environment'
import type { CartEchoError } from '../../engine/errors'
import { refused } from '../../engine/state'
import type { ConnectorOptions, Link, Sink, Transport } from '../../engine/transport'
import { createRetry, findEcho, isOpenable } from './find'
import { type EchoLike, type EchoSource, isNullEcho } from './shape'
import { echoFailed, type Past, stay } from './stay'

/** What an Echo transport is made of. */
export interface EchoTransportOptions extends ConnectorOptions {
  readonly echo: EchoSource
  /** Whether to drive pusher-js's reconnection. Default: only that of an Echo of our own. */
  readonly steer?: boolean | undefined
}

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
    let trouble: CartEchoError | null = null
    const past: Past = { hasWorked: false }
    const retry = createRetry(environment, () => {
      sink.state({ name: 'starting' })
      if (!stopped) find()
    })
    let leave: Stop = () => undefined
    let stopped = false
    const find = (): void => {
      stopFinding = findEcho(source, environment, {
        found: (echo) => {
          retry.reset()
          trouble = null
          leave = visit(echo, options, sink, moveOn, past)
          // It has spoken meanwhile, and whoever heard it may have stopped us.
          if (stopped) leave()
        },
        failed: (error) => sink.state({ name: 'refused', reason: 'no-echo', error }),
        notLoaded: (error) => {
          // One trouble is one error, however often it is met.
          trouble ??= error
          sink.state({ name: 'delayed', reason: 'not-loaded', error: trouble, nextTryAtMs: retry.plan(0) })
        },
      })
    }
    const moveOn = (): void => {
      leave()
      sink.state({ name: 'channel-left' })
      if (!stopped) find()
    }
    find()
    const stop = once(() => {
      stopped = true
      retry.stop()
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

const visit = (echo: EchoLike, options: EchoTransportOptions, sink: Sink, moveOn: () => void, past: Past): Stop => {
  try {
    if (!isNullEcho(echo)) return stay(echo, options, sink, moveOn, past)
    sink.state(refused('no-real-time'))
  } catch (cause) {
    sink.state(echoFailed(cause))
  }
  return () => undefined
}
