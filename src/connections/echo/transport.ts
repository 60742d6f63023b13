import { createAlarm } from '../../engine/clock'
import type { Stop } from '../../engine/environment'
import { echoThrew, refused } from '../../engine/state'
import type { ConnectorOptions, Link, Transport } from '../../engine/transport'
import { createRefusals, type Refusal } from '../refusal'
import { findEcho } from './find'
import { type EchoLike, isNullEcho, type PageEcho } from './shape'
import { type Life, subscribe } from './subscription'

/** What an Echo transport is made of. */
export interface EchoTransportOptions extends ConnectorOptions {
  readonly echo: PageEcho
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
    const refusals = createRefusals(environment, sink)
    const retry = createAlarm(environment)
    const life: Life = { hasWorked: false, isStopped: false }
    let stopFinding: Stop = () => undefined
    let leave: Stop = () => undefined

    const find = (): void => {
      if (!life.isStopped) stopFinding = findEcho(source, environment, found, missing)
    }

    const found = (echo: EchoLike): void => {
      refusals.clear()
      try {
        if (isNullEcho(echo)) sink.state(refused('no-real-time'))
        else leave = subscribe(echo, options, sink, moveOn, life)
      } catch (cause) {
        sink.state(echoThrew(cause))
      }
      // Whoever heard a fact meanwhile may have stopped us.
      if (life.isStopped) leave()
    }

    const missing = (refusal: Refusal): void =>
      refusals.tell(refusal, retry, () => {
        sink.state({ name: 'starting' })
        find()
      })

    const moveOn = (): void => {
      leave()
      sink.state({ name: 'channel-left' })
      find()
    }

    find()
    return {
      stop: () => {
        if (life.isStopped) return
        life.isStopped = true
        retry.stop()
        stopFinding()
        leave()
      },
    }
  }
