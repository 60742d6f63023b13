import type { Component } from './component'
import { morph, morphIsland } from './morph'
import type { Dispatched, Effects } from './payload'

/** What an answer may do to the page besides. */
export interface Around {
  /** Makes components of what has come, and lets those go that have left. */
  readonly settle: () => void
  /** Says that a component has an answer. */
  readonly effect: (component: Component, effects: Effects) => void
  /** Goes to another page. */
  readonly visit: (url: string) => void
  /** Dispatches what the server has a component dispatch. */
  readonly dispatch: (component: Component, dispatched: Dispatched) => void
}

/** Takes the server's new word on a component (js/component.js, mergeNewSnapshot and processEffects). */
export const takeAnswer = (
  component: Component,
  { snapshot, effects }: { snapshot: string; effects: Effects },
  sent: Record<string, unknown>,
  { effect, visit }: Around,
): void => {
  component.snapshot = JSON.parse(snapshot)
  for (const [property, value] of Object.entries(sent))
    if (component.updates[property] === value) delete component.updates[property]
  component.listenTo(effects.listeners ?? [])
  effect(component, effects)
  if (effects.redirect) visit(effects.redirect)
}

/** Dispatches what the server has the component dispatch: 4 before it shows the answer, 3 after (js/features/supportDispatches.js, 3: supportEvents.js). */
export const dispatchAnswer = (component: Component, { dispatches = [] }: Effects, { dispatch }: Around): void => {
  for (const dispatched of dispatches) dispatch(component, dispatched)
}

/** Shows it (js/features/supportMorphDom.js and supportIslands.js). */
export const showAnswer = (component: Component, { html, islandFragments = [] }: Effects, { settle }: Around): void => {
  if (html) morph(component.el, html)
  for (const fragment of islandFragments) morphIsland(component.el, fragment)
  settle()
}
