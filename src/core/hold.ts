import type { Stop } from './environment'
import { CartEchoError, wordsOf } from './errors'

/**
 * Says whether what is due may run now: null, it may. Else what it returns keeps it waiting until `go`, and is called when the waiting
 * is over in any way.
 */
export type Hold = (go: () => void) => Stop | null

/**
 * Asks the page's own code for it: null too where that throws, which is reported as `listener-failed`, or says go before it returns. Says go
 * once at most, and never after its waiting was ended.
 */
export const askHold = (hold: Hold, go: () => void, report: (error: CartEchoError) => void): Stop | null => {
  const attempt = <Value>(ask: () => Value): Value | null => {
    try {
      return ask()
    } catch (cause) {
      report(new CartEchoError('listener-failed', `hold of an onRefresh threw: ${wordsOf(cause)}`, { cause }))
      return null
    }
  }
  let situation: 'asking' | 'waiting' | 'over' = 'asking'
  const letGo = attempt(() =>
    hold(() => {
      const wasWaiting = situation === 'waiting'
      situation = 'over'
      if (wasWaiting) go()
    }),
  )
  const end: Stop = () => {
    situation = 'over'
    attempt(() => letGo?.())
  }
  if (!letGo) return null
  if (situation === 'asking') {
    situation = 'waiting'
    return end
  }
  end()
  return null
}
