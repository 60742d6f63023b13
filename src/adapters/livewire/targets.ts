import { CartEchoError } from '../../engine/errors'
import type { LivewireComponent, LivewireEvent, LivewireLike, Wire } from './surface'
import type { Concerns } from './typing'

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
