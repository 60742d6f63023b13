import type { Component } from './component'
import type { Metadata } from './payload'

/** What a component of Livewire 4 is asked to do (js/request/action.js). */
export interface Action {
  readonly component: Component
  readonly name: string
  readonly params: unknown[]
  readonly metadata: Metadata
  /** The same again is one with it. */
  readonly fingerprint: string
  readonly squashedActions: Set<Action>
  readonly promise: Promise<unknown>
  resolvePromise: (value?: unknown) => void
  rejectPromise: (reason: object) => void
}

/** One that nothing was done about yet. */
export const createAction = (component: Component, name: string, params: unknown[], metadata: Metadata): Action => {
  const settle = { resolve: (_value: unknown) => {}, reject: (_reason: object) => {} }
  const promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }))
  const squashedActions = new Set<Action>()
  return {
    component,
    name,
    params,
    metadata,
    fingerprint: JSON.stringify([component.id, name, params, metadata]),
    squashedActions,
    promise,
    resolvePromise: (value) => {
      for (const action of squashedActions) action.resolvePromise(value)
      settle.resolve(value)
    },
    rejectPromise: (reason) => {
      for (const action of squashedActions) action.rejectPromise(reason)
      settle.reject(reason)
    },
  }
}

/** What actions are about: the whole component, or islands of it alone. One at a time is asked of each (js/request/messageBus.js). */
export const scopeOf = (actions: readonly Action[]): string =>
  actions.every(({ metadata }) => metadata.island)
    ? actions
        .map(({ metadata }) => metadata.island?.name)
        .sort()
        .join('|')
    : ''
