import { type Call, findLivewire, hookInto, type Payload } from './surface'
import type { Targets } from './targets'

// It refuses a component that calls more at a time, and makes none of its calls (config/livewire.php, payload.max_calls).
const MOST_CALLS = 50

/** Has each component make no more of such calls at a time than Livewire 4 takes: the rest goes with its next request. Until aborted. */
export const keepCallLimit = (isIts: Targets['isOurs'], until: AbortSignal): void =>
  hookInto(
    'request',
    ({ options, payload }) => {
      // Most are not worth reading.
      if (payload.split('"__dispatch"').length <= MOST_CALLS || !findLivewire()?.interceptMessage) return
      const body = JSON.parse(options.body) as Payload
      for (const component of body.components) {
        const later = lastOf(component.calls, isIts)
        if (later.length === 0) continue
        component.calls = component.calls.slice(0, -later.length)
        options.body = JSON.stringify(body)
        // By then this request is under way: Livewire keeps them until it is answered.
        queueMicrotask(() => callAgain(JSON.parse(component.snapshot).memo.id, later))
      }
    },
    until,
  )

// From the end only: Livewire hands the results out by their order.
const lastOf = (calls: readonly Call[], isIts: Targets['isOurs']): readonly Call[] => {
  let kept = calls.length
  for (let call = calls[kept - 1]; call && kept > MOST_CALLS; call = calls[kept - 1]) {
    if (!isIts(call.method, call.params)) break
    kept -= 1
  }
  return calls.slice(kept)
}

const callAgain = (id: string, calls: readonly Call[]): void => {
  const wire = findLivewire()?.find(id)
  for (const { method, params } of calls) wire?.call(method, ...params).then(undefined, () => undefined)
}
