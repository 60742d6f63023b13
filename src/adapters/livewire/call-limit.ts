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
        const its = component.calls.filter(({ method, params }) => isIts(method, params))
        const later = its.slice(-Math.max(0, component.calls.length - MOST_CALLS) || its.length)
        if (later.length === 0) continue
        component.calls = component.calls.filter((call) => !later.includes(call))
        options.body = JSON.stringify(body)
        // By then this request is under way: Livewire keeps them until it is answered.
        queueMicrotask(() => callAgain(JSON.parse(component.snapshot).memo.id, later))
      }
    },
    until,
  )

const callAgain = (id: string, calls: readonly Call[]): void => {
  const wire = findLivewire()?.find(id)
  for (const { method, params } of calls) wire?.call(method, ...params).then(undefined, () => undefined)
}
