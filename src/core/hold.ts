import { guarded, type OnError } from './emitter'
import type { Stop } from './environment'

/**
 * Says whether what is due may run now: null, it may. Else what it returns keeps it waiting until `go`, and is called when the waiting
 * is over in any way.
 */
export type Hold = (go: () => void) => Stop | null

/**
 * Asks the page's own code for it: null too where that throws, which is reported as `listener-failed`, or says go before it returns. Says go
 * once at most, and never after its waiting was ended.
 */
export const askHold = (hold: Hold, go: () => void, report: OnError): Stop | null => {
  const ask = <Value>(run: () => Value): Value | undefined => guarded(report, 'hold of an onRefresh', run)
  let situation: 'asking' | 'waiting' | 'over' = 'asking'
  const letGo = ask(() =>
    hold(() => {
      const wasWaiting = situation === 'waiting'
      situation = 'over'
      if (wasWaiting) go()
    }),
  )
  const end: Stop = () => {
    situation = 'over'
    ask(() => letGo?.())
  }
  if (!letGo) return null
  if (situation === 'asking') {
    situation = 'waiting'
    return end
  }
  end()
  return null
}
