import { findLivewire, hookInto, type LivewireComponent } from './surface'
import { isLoaded } from './targets'

/** A request of Livewire's, as long as it may bring something. */
interface Request {
  hasLanded: boolean
  endsAtMs: number
}

// PHP gives up by then. One that was cancelled tells nobody.
const UNDER_WAY_MS = 30_000
// Its body may be long, and its morph may wait for a transition.
const LANDING_MS = 5_000

/**
 * Tells of components that come with an answer which was under way when everybody was asked, new ones and lazy ones that are loaded: they were rendered before. Until
 * aborted. Returns what says that everybody is being asked now. A page that wire:navigate puts in place is none of them: it says itself how old it is.
 */
export const watchLatecomers = (come: (component: LivewireComponent) => void, until: AbortSignal): (() => void) => {
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
    // Livewire makes it ready first.
    if (isLate && !isVisiting) queueMicrotask(() => isLoaded(component) && come(component))
  }
  const hearVisit = ({ type }: Event): void => {
    isVisiting = type === 'livewire:navigating'
  }
  for (const name of ['livewire:navigating', 'livewire:navigated'])
    document.addEventListener(name, hearVisit, { signal: until })

  // What it asked before it was hooked into may land at any time.
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
