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

/** What a refresh reaches: the event or events it dispatches, or the components it refreshes, by name. */
export type LivewireRefresh = string | readonly string[] | { readonly components: readonly string[] }

/** Whom a refresh asks. */
export interface Targets {
  /** Makes them ask the server, all in one turn. Returns those that do. */
  readonly ask: (livewire: LivewireLike) => readonly LivewireComponent[]
  /** The same for one that has come late: returns it, or nothing where it is none of them. */
  readonly askOne: (component: LivewireComponent, livewire: LivewireLike) => readonly LivewireComponent[]
  /** True for a call by which a component asks the server for it. */
  readonly isOurs: (method: string, params: readonly unknown[]) => boolean
  /** True when a refresh makes this component ask the server, or may: not everything can be learnt. */
  readonly concerns: Concerns
}

/**
 * Reads the `refresh` option.
 * @throws {CartEchoError} `invalid-options` for anything but names, and for none.
 */
export const readTargets = (refresh: LivewireRefresh): Targets => {
  const components = (refresh as { components?: unknown } | null)?.components
  const names = components ?? [refresh].flat()
  if (!areNames(names)) throw new CartEchoError('invalid-options', 'refresh must name events or components.')
  return components ? componentsNamed(names) : listenersTo(names)
}

/** False for a lazy component that is not loaded yet: it will be new anyway, and has had no `mount()`. */
export const isLoaded = ({ snapshot }: LivewireComponent): boolean => snapshot?.memo.lazyLoaded !== false

/** True for what `#[On]` of one of these names calls (js/features/supportListeners.js). */
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
  // A lazy one tells its listeners when it is loaded.
  concerns: (component) =>
    !component?.originalEffects ||
    component.snapshot?.memo.lazyLoaded !== undefined ||
    events.some((event) => component.originalEffects?.listeners?.includes(event)),
})

// As Livewire dispatches, and as it does to one component alone: without bubbling (js/events.js). Gives those who listen.
const dispatch = (target: EventTarget, name: string): readonly unknown[] => {
  const receivedBy: unknown[] = []
  // Not without details: a `Livewire.on` may take them apart.
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
  // How it ended is heard from the commit.
  wire.$refresh().then(undefined, () => undefined)
  return [wire.__instance]
}

/** Whether a component is one of those in question; not everything can be learnt about one. */
type Concerns = (component: LivewireComponent | undefined) => boolean | undefined

const FIELDS = 'input, textarea, select, [contenteditable]'
const DOINGS = ['focusin', 'pointerdown', 'keydown', 'input', 'compositionstart', 'compositionend']

/**
 * Listens to what is done in fields, until aborted. Returns what says whether the shopper is at work: something was done within `idleMs`, or is being
 * composed, and the focus is in a component that `concerns`, be it on a button by now.
 */
export const watchTyping = (idleMs: number, concerns: Concerns, until: AbortSignal): (() => boolean) => {
  let doneAtMs = 0
  let isComposing = false
  const note = (event: Event): void => {
    if (!(event.target as Partial<Element>).closest?.(FIELDS)) return
    doneAtMs = Date.now()
    isComposing = event.type === 'compositionstart' || (event as InputEvent).isComposing
  }
  for (const doing of DOINGS) document.addEventListener(doing, note, { capture: true, signal: until })
  return () =>
    // A clock that was put back must not make it last.
    (isComposing || Math.abs(Date.now() - doneAtMs) < idleMs) && isWithin(document.activeElement, concerns)
}

// A commit sends what is typed in the component, and its morph goes around the components within.
const isWithin = (element: Element | null, concerns: Concerns): boolean => {
  for (let node = element as AlpineElement | null; node; node = node._x_teleportBack ?? node.parentElement)
    if (node.hasAttribute('wire:id') && concerns(node.__livewire)) return true
  return false
}

/** What stands elsewhere in the page by x-teleport, such as a dialog, knows where it comes from (alpinejs `src/directives/x-teleport.js`). */
interface AlpineElement extends Element {
  readonly __livewire?: LivewireComponent
  readonly _x_teleportBack?: AlpineElement
}

/**
 * Takes back such calls of lazy components that are not loaded yet. Livewire 3 has them hear `#[On]` by then, and renders them without `mount()`,
 * for good (js/features/supportListeners.js); Livewire 4 does not. Until aborted.
 */
export const spareUnloaded = (isIts: Targets['isOurs'], until: AbortSignal): void =>
  hookInto(
    'commit.pooling',
    ({ commits }) => {
      for (const commit of commits) {
        const rest = commit.calls.filter(({ method, params }) => !isIts(method, params))
        if (rest.length === commit.calls.length || isLoaded(commit.component)) continue
        commit.calls = rest
        if (rest.length === 0) commits.delete(commit)
      }
    },
    until,
  )

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
