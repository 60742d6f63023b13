import type { Commits } from './commits'
import { dispatch, type MarkedEvent } from './events'

interface Snapshot {
  data: Record<string, unknown>
  memo: { id: string; name: string; lazyLoaded?: boolean }
}

/** A component on the page (livewire js/component.js): what the server said of it, and what was typed since. */
export interface Component {
  readonly id: string
  readonly name: string
  readonly el: WiredElement
  readonly originalEffects: { listeners?: string[] }
  readonly isLazy: boolean
  readonly hasBeenLazyLoaded: boolean
  readonly $wire: Wire
  snapshot: Snapshot
  /** What wire:model holds and the server has not seen: sent with the next commit, whatever causes it (getUpdates). */
  updates: Record<string, unknown>
  cleanup(): void
}

/** $wire, as far as it is needed here (js/$wire.js). */
export interface Wire {
  readonly __instance: Component
  readonly call: (method: string, ...params: unknown[]) => Promise<void>
  readonly $refresh: () => Promise<void>
  readonly $on: (name: string, callback: (detail: unknown) => void) => void
  readonly $dispatch: (name: string, params?: unknown) => void
}

type WiredElement = HTMLElement & { __livewire?: Component; $wire?: Wire }

/** Makes one of an element with wire:id, wire:snapshot and wire:effects. */
export const createComponent = (el: WiredElement, commits: Commits): Component => {
  const snapshot = JSON.parse(el.getAttribute('wire:snapshot') ?? '') as Snapshot
  const cleanups: (() => void)[] = []
  const $wire: Wire = {
    get __instance() {
      return component
    },
    call: (method, ...params) => commits.add(component, { method, params }),
    $refresh: () => commits.add(component, { method: '$refresh', params: [] }),
    $on: (name, callback) => el.addEventListener(name, (event) => callback((event as CustomEvent).detail)),
    $dispatch: (name, params) => dispatch(el, name, params),
  }
  const component: Component = {
    id: snapshot.memo.id,
    name: snapshot.memo.name,
    el,
    originalEffects: JSON.parse(el.getAttribute('wire:effects') ?? '{}'),
    isLazy: snapshot.memo.lazyLoaded !== undefined,
    get hasBeenLazyLoaded() {
      return component.snapshot.memo.lazyLoaded === true
    },
    $wire,
    snapshot,
    updates: {},
    cleanup: () => {
      delete el.__livewire
      for (const clean of cleanups.splice(0)) clean()
    },
  }
  for (const name of component.originalEffects.listeners ?? []) {
    // No look at __livewire for what comes by window (js/features/supportListeners.js).
    const hear = (event: Event): void => {
      const { __livewire, detail } = event as MarkedEvent
      if (component.isLazy && !component.hasBeenLazyLoaded) return
      __livewire?.receivedBy.push(component)
      // Livewire leaves this promise alone, too.
      $wire.call('__dispatch', name, detail || {}).catch(() => undefined)
    }
    window.addEventListener(name, hear)
    cleanups.push(() => window.removeEventListener(name, hear))
    // Those to this component alone do not bubble.
    el.addEventListener(name, (event) => {
      if ((event as MarkedEvent).__livewire && !event.bubbles) hear(event)
    })
  }
  el.addEventListener('input', ({ target }) => {
    const property = (target as Element).getAttribute('wire:model')
    // An input belongs to the nearest component.
    if (property && (target as Element).closest('[wire\\:id]') === el)
      component.updates[property] = (target as HTMLInputElement).value
  })
  return Object.assign(el, { __livewire: component, $wire }).__livewire
}
