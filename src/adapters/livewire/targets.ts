import { CartEchoError } from '../../engine/errors'
import {
  type Call,
  findLivewire,
  hookInto,
  type LivewireComponent,
  type LivewireEvent,
  type LivewireLike,
  type Payload,
  type Wire,
} from './surface'

/** What a refresh reaches: the event or events it dispatches, or the names of the components it refreshes. */
export type LivewireRefresh = string | readonly string[] | { readonly components: readonly string[] }

/** The components that a refresh asks, and how. */
export interface Targets {
  /** Makes them ask the server, all at the same time. Returns those that do. */
  readonly ask: (livewire: LivewireLike) => readonly LivewireComponent[]
  /** The same for one component that came late: returns it, or nothing when it is not one of them. */
  readonly askOne: (component: LivewireComponent, livewire: LivewireLike) => readonly LivewireComponent[]
  /** True for the call that a refresh makes a component send. */
  readonly isOurs: (method: string, params: readonly unknown[]) => boolean
  /** True when a refresh makes this component ask the server, or may: it cannot always be known. */
  readonly concerns: Concerns
}

/**
 * Reads the `refresh` option.
 * @throws {CartEchoError} `invalid-options` when it is not a list of names, or empty.
 */
export const readTargets = (refresh: LivewireRefresh): Targets => {
  const components = (refresh as { components?: unknown } | null)?.components
  const names = components ?? [refresh].flat()
  if (!areNames(names)) throw new CartEchoError('invalid-options', 'refresh must name events or components.')
  return components ? componentsNamed(names) : listenersTo(names)
}

/** False for a lazy component that is not loaded yet: it will be new anyway, and its `mount()` has not run. */
export const isLoaded = ({ snapshot }: LivewireComponent): boolean => snapshot?.memo.lazyLoaded !== false

/** True for the call that `#[On]` makes for one of these events (js/features/supportListeners.js). */
export const isHearing =
  (events: readonly string[]): Targets['isOurs'] =>
  (method, [event]) =>
    method === '__dispatch' && events.includes(event as string)

const areNames = (names: unknown): names is readonly string[] =>
  Array.isArray(names) && !!names[0] && names.every((name) => name && typeof name === 'string')

const listenersTo = (events: readonly string[]): Targets => ({
  ask: () => events.flatMap((event) => dispatch(window, event) as readonly LivewireComponent[]).filter(isLoaded),
  askOne: (component) => events.flatMap((event) => dispatch(component.el, event).map(() => component)),
  isOurs: isHearing(events),
  // The listeners of a lazy component are known once it is loaded.
  concerns: (component) =>
    !component?.originalEffects ||
    component.snapshot?.memo.lazyLoaded !== undefined ||
    events.some((event) => component.originalEffects?.listeners?.includes(event)),
})

// Dispatches as Livewire does, and as it does to one component alone: without bubbling (js/events.js). Returns the receivers.
const dispatch = (target: EventTarget, name: string): readonly unknown[] => {
  const receivedBy: unknown[] = []
  // With a detail: a `Livewire.on` callback may destructure it.
  const event: LivewireEvent = new CustomEvent(name, { detail: {} })
  event.__livewire = { name, params: {}, receivedBy }
  target.dispatchEvent(event)
  return receivedBy
}

const componentsNamed = (names: readonly string[]): Targets => ({
  ask: (livewire) => names.flatMap((name) => livewire.getByName(name).flatMap(refreshed)),
  askOne: ({ id, name }, livewire) => (names.includes(name) ? [livewire.find(id) ?? []].flat().flatMap(refreshed) : []),
  isOurs: (method) => method === '$refresh',
  concerns: (component) => !component || names.includes(component.name),
})

const refreshed = (wire: Wire): readonly LivewireComponent[] => {
  if (!isLoaded(wire.__instance)) return []
  // Its result is taken from the commit.
  wire.$refresh().then(undefined, () => undefined)
  return [wire.__instance]
}

/** Whether a refresh affects a component; undefined when it cannot be known. */
type Concerns = (component: LivewireComponent | undefined) => boolean | undefined

const FIELDS = 'input, textarea, select, [contenteditable]'
const ACTIVITY_EVENTS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionstart', 'compositionend']

/**
 * Listens to what happens in fields, until aborted. Returns a function that says whether the shopper is busy: something happened within `idleMs`, or an
 * input method is composing, and the focus, perhaps on a button by now, is in a component that `concerns`.
 */
export const watchTyping = (idleMs: number, concerns: Concerns, until: AbortSignal): (() => boolean) => {
  let doneAtMs = 0
  let isComposing = false
  const note = (event: Event): void => {
    if (!(event.target as Partial<Element>).closest?.(FIELDS)) return
    doneAtMs = Date.now()
    isComposing = event.type === 'compositionstart' || (event as InputEvent).isComposing
  }
  for (const name of ACTIVITY_EVENTS) document.addEventListener(name, note, { capture: true, signal: until })
  return () =>
    // Math.abs: a clock that is set back must not prolong it.
    (isComposing || Math.abs(Date.now() - doneAtMs) < idleMs) && isWithin(document.activeElement, concerns)
}

// A commit sends what is typed in its component, and its morph leaves out the components within.
const isWithin = (element: Element | null, concerns: Concerns): boolean => {
  for (let node = element as AlpineElement | null; node; node = node._x_teleportBack ?? node.parentElement)
    if (node.hasAttribute('wire:id') && concerns(node.__livewire)) return true
  return false
}

/** An element that x-teleport moved elsewhere, such as a dialog, knows where it came from (alpinejs `src/directives/x-teleport.js`). */
interface AlpineElement extends Element {
  readonly __livewire?: LivewireComponent
  readonly _x_teleportBack?: AlpineElement
}

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
