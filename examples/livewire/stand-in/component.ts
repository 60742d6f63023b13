import { dispatch, type MarkedEvent } from './events'
import type { Metadata } from './payload'

interface Snapshot {
  data: Record<string, unknown>
  memo: {
    id: string
    name: string
    lazyLoaded?: boolean
    lazyIsolated?: boolean
    isolate?: boolean
    /** Names of `#[Reactive]` properties. */
    props?: string[]
    /** What `#[Modelable]` binds. */
    bindings?: Record<string, string>
    islands?: { name: string; token: string }[]
  }
}

/** What asks the server on behalf of a component: Livewire 3's commits, or 4's actions. */
export type Fire = (component: Component, method: string, params?: unknown[], metadata?: Metadata) => Promise<unknown>

/** A component on the page (livewire js/component.js): what the server said of it, and what was typed since. */
export interface Component {
  readonly id: string
  readonly name: string
  readonly el: WiredElement
  readonly originalEffects: { listeners?: string[] }
  readonly isLazy: boolean
  readonly hasBeenLazyLoaded: boolean
  readonly children: Component[]
  $wire: Wire
  snapshot: Snapshot
  /** What wire:model holds and the server has not answered: sent with the next commit, whatever causes it (getUpdates). */
  updates: Record<string, unknown>
  /** Hears these events for `#[On]`: of the first render, and of a lazy one's load. */
  listenTo(names: readonly string[]): void
  cleanup(): void
}

/** $wire, as far as it is needed here (js/$wire.js). */
export interface Wire {
  readonly __instance: Component
  readonly call: (method: string, ...params: unknown[]) => Promise<unknown>
  readonly $refresh: () => Promise<unknown>
  readonly $commit: () => Promise<unknown>
  readonly $on: (name: string, callback: (detail: unknown) => void) => void
  readonly $dispatch: (name: string, params?: unknown) => void
}

type WiredElement = HTMLElement & { __livewire?: Component; $wire?: Wire }

/** Makes one of an element with wire:id, wire:snapshot and wire:effects. */
export const createComponent = (el: WiredElement, fire: Fire, version: 3 | 4): Component => {
  const snapshot = JSON.parse(el.getAttribute('wire:snapshot') ?? '') as Snapshot
  const left = new AbortController()
  const { signal } = left
  const $wire: Wire = {
    get __instance() {
      return component
    },
    // A promise of its own: whoever takes the action's does not take this one.
    call: async (method, ...params) => await fire(component, method, params),
    $refresh: () => fire(component, '$refresh'),
    $commit: () => fire(component, '$commit'),
    $on: (name, callback) => el.addEventListener(name, (event) => callback((event as CustomEvent).detail)),
    $dispatch: (name, params) => dispatch(el, name, params),
  }
  const component: Component = {
    id: snapshot.memo.id,
    name: snapshot.memo.name,
    el,
    originalEffects: JSON.parse(el.getAttribute('wire:effects') ?? '{}'),
    get isLazy() {
      return component.snapshot.memo.lazyLoaded !== undefined
    },
    get hasBeenLazyLoaded() {
      return component.snapshot.memo.lazyLoaded === true
    },
    get children() {
      const below = [...el.querySelectorAll<WiredElement>('[wire\\:id]')]
      return below.flatMap(({ parentElement, __livewire }) =>
        __livewire && parentElement?.closest('[wire\\:id]') === el ? [__livewire] : [],
      )
    },
    $wire,
    snapshot,
    updates: {},
    // js/features/supportListeners.js
    listenTo: (names) => {
      for (const name of names) {
        const hear = (event: Event, who: unknown): void => {
          const { __livewire, detail } = event as MarkedEvent
          // Livewire 3 has no such guard.
          if (version === 4 && component.isLazy && !component.hasBeenLazyLoaded) return
          __livewire?.receivedBy.push(who)
          // Nobody takes this promise.
          void component.$wire.call('__dispatch', name, detail || {})
        }
        // No look at __livewire for what comes by window.
        window.addEventListener(name, (event) => hear(event, component), { signal })
        // Those to this component alone do not bubble.
        el.addEventListener(name, (event) => {
          if ((event as MarkedEvent).__livewire && !event.bubbles) hear(event, component.id)
        })
      }
    },
    cleanup: () => {
      delete el.__livewire
      left.abort()
    },
  }
  component.listenTo(component.originalEffects.listeners ?? [])
  bindModels(component, fire)
  return Object.assign(el, { __livewire: component, $wire }).__livewire
}

// js/directives/wire-model.js
const bindModels = (component: Component, fire: Fire): void => {
  component.el.addEventListener('input', ({ target }) => {
    const field = target as HTMLInputElement
    const live = field.getAttribute('wire:model.live')
    const property = live ?? field.getAttribute('wire:model')
    // An input belongs to the nearest component.
    if (!property || field.closest('[wire\\:id]') !== component.el) return
    component.updates[property] = field.value
    if (live) void fire(component, '$commit', [], { type: 'model.live' })
  })
}

/** The components within, however deep, that get something from those around them: they go along with each request (3: js/features/supportPropsAndModelables.js). */
export const boundWithin = (component: Component): Component[] =>
  component.children.flatMap((child) => {
    const { props, bindings } = child.snapshot.memo
    const isThere = !child.isLazy || child.hasBeenLazyLoaded
    return [...(isThere && (props || bindings) ? [child] : []), ...boundWithin(child)]
  })
