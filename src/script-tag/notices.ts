import { backOffMs, CODE_NOT_LOADED } from '../engine/backoff'
import type { CartEcho } from '../engine/cart-echo'
import { createAlarm } from '../engine/clock'
import type { OnError } from '../engine/emitter'
import type { Environment, PageSignal, Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'

const BACK: ReadonlySet<PageSignal> = new Set(['visible', 'online', 'resumed', 'restored'])

/** What `bringNotices` needs. */
export interface NoticesOptions {
  readonly cart: CartEcho
  readonly environment: Environment
  /** Fetches the notice and shows it. */
  readonly load: () => Promise<void>
  readonly onError: OnError
}

/**
 * Has the notice shown once the cart listens. A failure is reported once, and tried again while it listens, as the facade does it with the engine: later each
 * time, not while the page is hidden or offline, at once when it is looked at or back online.
 */
export const bringNotices = ({ cart, environment, load, onError }: NoticesOptions): void => {
  const alarm = createAlarm(environment)
  let isAsked = false
  let failures = 0
  let stopWatching: Stop | null = null

  const end = (): void => {
    alarm.stop()
    stopWatching?.()
    stopWatching = null
    failures = 0
  }

  const isWanted = (): boolean => cart.connection.get().name !== 'idle'

  const tryNow = (): void => {
    if (isAsked || (failures > 0 && !environment.isVisible())) return
    isAsked = true
    alarm.stop()
    load().then(end, fail)
  }

  const fail = (error: CartEchoError): void => {
    isAsked = false
    if (!isWanted()) return end()
    if (failures === 0) onError(error)
    alarm.set(backOffMs(CODE_NOT_LOADED, failures, environment.random()), tryNow)
    failures += 1
    stopWatching ??= environment.watchPage((signal) => {
      if (BACK.has(signal)) tryNow()
      else if (signal === 'offline') alarm.stop()
    })
  }

  cart.connection.subscribe(() => {
    if (!isWanted()) end()
    else if (failures === 0) tryNow()
  })
}
