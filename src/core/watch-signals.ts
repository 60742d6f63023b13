import type { Audience, Environment, PageSignal, Stop } from './environment'
import { watchWake } from './wake'

/**
 * Hears what the audience goes through, and `woke` also by the clock: by the timers of this page, which are late when it is hidden,
 * whoever looks at another.
 */
export const watchSignals = (
  environment: Environment,
  audience: Pick<Audience, 'watchPage'>,
  hear: (signal: PageSignal) => void,
): Stop => {
  const stopWatching = audience.watchPage(hear)
  const stopWaking = watchWake(environment, () => hear('woke'))
  return () => {
    stopWatching()
    stopWaking()
  }
}
