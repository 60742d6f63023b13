import { findLivewire, hookInto, type LivewireComponent } from './surface'
import { isLoaded } from './targets'

/** A request of Livewire whose answer may still bring new components. */
interface Request {
  hasLanded: boolean
  endsAtMs: number
}

// PHP's time limit. A request that was cancelled reports nothing.
const UNDER_WAY_MS = 30_000
// How long an answer may take to be shown: its body may be long, and its morph may wait for a transition.
const LANDING_MS = 5_000

/**
 * Calls `arrived` for each component, new or loaded lazily, of an answer that was under way when the others were refreshed: it was rendered before. Until
 * aborted. Returns a function to call when all components are being refreshed. Components of a page that wire:navigate loads do not count: it has a cursor.
 */
export const watchLatecomers = (arrived: (component: LivewireComponent) => void, until: AbortSignal): (() => void) => {
  const requests = new Set<Request>()
  let before: readonly Request[] = []
  let unloaded = new Set<LivewireComponent>()
  let isVisiting = false

  const isOpen = ({ endsAtMs }: Request): boolean => endsAtMs > Date.now()
  const send = (hasLanded: boolean): Request => {
    for (const old of requests) if (!isOpen(old)) requests.delete(old)
    const request = { hasLanded, endsAtMs: Date.now() + UNDER_WAY_MS }
    requests.add(request)
    return request
  }
  const note = (component: LivewireComponent): void => {
    const isLate = before.some((request) => request.hasLanded && isOpen(request))
    // Not before Livewire has initialised it.
    if (isLate && !isVisiting) queueMicrotask(() => isLoaded(component) && arrived(component))
  }
  const hearVisit = ({ type }: Event): void => {
    isVisiting = type === 'livewire:navigating'
  }
  for (const name of ['livewire:navigating', 'livewire:navigated'])
    document.addEventListener(name, hearVisit, { signal: until })

  // Requests from before the hook may be answered at any time.
  if (findLivewire()?.initialRenderIsFinished) send(true)
  hookInto(
    'request',
    ({ respond }) => {
      const request = send(false)
      respond(() => Object.assign(request, { hasLanded: true, endsAtMs: Date.now() + LANDING_MS }))
    },
    until,
  )
  hookInto('component.init', ({ component }) => note(component), until)
  hookInto(
    'effect',
    ({ component }) => {
      if (isLoaded(component) && unloaded.delete(component)) note(component)
    },
    until,
  )

  return () => {
    before = [...requests]
    unloaded = new Set(
      findLivewire()
        ?.all()
        .filter((component) => !isLoaded(component)),
    )
  }
}
