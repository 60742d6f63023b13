import { backOffMs, SUBSCRIPTION_FAILED } from '../../engine/backoff'
import { createAlarm } from '../../engine/clock'
import type { Stop } from '../../engine/environment'
import type { CartEchoError } from '../../engine/errors'
import { echoThrew, refused } from '../../engine/state'
import type { ConnectorOptions, Link, Transport } from '../../engine/transport'
import { findEcho } from './find'
import { type EchoLike, type EchoSource, isNullEcho } from './shape'
import { type Past, subscribe } from './subscription'

/** What an Echo transport is made of. */
export interface EchoTransportOptions extends ConnectorOptions {
  readonly echo: EchoSource
  /** Whether to drive pusher-js's reconnection. Default false. */
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
  (sink): Link => {
    const { environment, echo: source } = options
    const retry = createAlarm(environment)
    const past: Past = { hasWorked: false }
    let tries = 0
    let firstError: CartEchoError | null = null
    let stopFinding: Stop = () => undefined
    let leave: Stop = () => undefined
    let isStopped = false

    const find = (): void => {
      if (!isStopped) stopFinding = findEcho(source, environment, found, missing)
    }

    const found = (echo: EchoLike): void => {
      tries = 0
      firstError = null
      try {
        if (isNullEcho(echo)) sink.state(refused('no-real-time'))
        else leave = subscribe(echo, options, sink, moveOn, past)
      } catch (cause) {
        sink.state(echoThrew(cause))
      }
      // Whoever heard a fact meanwhile may have stopped us.
      if (isStopped) leave()
    }

    const missing = (error: CartEchoError): void => {
      if (error.code !== 'not-loaded') return sink.state({ name: 'refused', reason: 'no-echo', error })
      // The same trouble is the same error, however often it is met.
      firstError ??= error
      const inMs = backOffMs(SUBSCRIPTION_FAILED, tries, environment.random())
      tries += 1
      retry.set(inMs, () => {
        sink.state({ name: 'starting' })
        find()
      })
      sink.state({ name: 'delayed', reason: 'not-loaded', error: firstError, nextTryAtMs: environment.nowMs() + inMs })
    }

    const moveOn = (): void => {
      leave()
      sink.state({ name: 'channel-left' })
      find()
    }

    find()
    return {
      stop: () => {
        if (isStopped) return
        isStopped = true
        retry.stop()
        stopFinding()
        leave()
      },
    }
  }
