import { type Call, findLivewire, hookInto, type Payload, type RequestHook } from './surface'
import { isLoaded, type Targets } from './targets'

/**
 * Removes `X-Socket-ID` from a request of Livewire's while it is not the id of a socket. Livewire sets it from `window.Echo`
 * (`js/features/supportLaravelEcho.js`): to `undefined` while the socket is not open, which makes `toOthers()` throw
 * (pusher-http-php `src/Pusher.php`).
 */
export const dropInvalidSocketId = ({ options: { headers } }: RequestHook): void => {
  if (!/^\d+\.\d+$/.test(headers['X-Socket-ID'] as string)) delete headers['X-Socket-ID']
}

/** The same for each request, until aborted. */
export const dropInvalidSocketIds = (until: AbortSignal): void => hookInto('request', dropInvalidSocketId, until)

/**
 * Removes the calls that `isMatch` matches from lazy components that are not loaded yet. Livewire 3 lets them handle `#[On]` even so, and then renders them
 * without `mount()`, for good (js/features/supportListeners.js); Livewire 4 does not. Until aborted.
 */
export const dropCallsOfUnloaded = (isMatch: Targets['isOurs'], until: AbortSignal): void =>
  hookInto(
    'commit.pooling',
    ({ commits }) => {
      for (const commit of commits) {
        const rest = commit.calls.filter(({ method, params }) => !isMatch(method, params))
        if (rest.length === commit.calls.length || isLoaded(commit.component)) continue
        commit.calls = rest
        if (rest.length === 0) commits.delete(commit)
      }
    },
    until,
  )

// Livewire 4 refuses a component with more calls in one request, and makes none of them (config/livewire.php, payload.max_calls).
const MOST_CALLS = 50

/** Limits how many calls a component sends at a time to what Livewire 4 accepts: those that `isMatch` matches go with its next request. Until aborted. */
export const keepCallLimit = (isMatch: Targets['isOurs'], until: AbortSignal): void =>
  hookInto(
    'request',
    ({ options, payload }) => {
      // Only a request with this many calls is parsed.
      if (payload.split('"__dispatch"').length <= MOST_CALLS || !findLivewire()?.interceptMessage) return
      const body = JSON.parse(options.body) as Payload
      for (const component of body.components) {
        const later = lastOf(component.calls, isMatch)
        if (later.length === 0) continue
        component.calls = component.calls.slice(0, -later.length)
        options.body = JSON.stringify(body)
        // This request is under way then: Livewire keeps the calls until it is answered.
        queueMicrotask(() => callAgain(JSON.parse(component.snapshot).memo.id, later))
      }
    },
    until,
  )

// Only calls at the end: Livewire assigns results by position.
const lastOf = (calls: readonly Call[], isMatch: Targets['isOurs']): readonly Call[] => {
  let kept = calls.length
  for (let call = calls[kept - 1]; call && kept > MOST_CALLS; call = calls[kept - 1]) {
    if (!isMatch(call.method, call.params)) break
    kept -= 1
  }
  return calls.slice(kept)
}

const callAgain = (id: string, calls: readonly Call[]): void => {
  const wire = findLivewire()?.find(id)
  for (const { method, params } of calls) wire?.call(method, ...params).then(undefined, () => undefined)
}
