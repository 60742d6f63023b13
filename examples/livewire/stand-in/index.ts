import type { Around } from './answer'
import { createCommits } from './commits'
import { type Component, createComponent } from './component'
import { dispatch, on } from './events'
import { createHooks } from './hooks'
import { listenToLinks } from './links'
import { createInterceptors } from './message'
import { createMessages } from './messages'
import { createNavigation, tell } from './navigate'
import { type Metadata, type Send, withCallLimit } from './payload'

export type { CommitAnswer, CommitRequest, Send } from './payload'

/** What stands in for what. */
export interface StandInOptions {
  /** The server's half. Default: `fetch`. */
  readonly send?: Send | undefined
  /** Gives the HTML of a page to navigate to. Default: `fetch`. */
  readonly visit?: ((url: string) => Promise<string>) | undefined
  /** 3 has no interceptors. Default 4. */
  readonly version?: 3 | 4 | undefined
  /** Goes where a redirect leads. Default: the browser does. */
  readonly redirect?: ((url: string) => void) | undefined
}

/**
 * A STAND-IN for Livewire's JavaScript, which comes from PHP: written for cart-echo's demo and tests after Livewire's documentation and
 * sources (each file here names the ones it follows), with no line of them. It has what cart-echo touches, and little else: no
 * Alpine, no directives but wire:model and wire:navigate. In your app the real one does all this.
 *
 * Compared with the scripts of 4.4.1, 3.8.5 and 3.5.0, on the same pages before the same answers: what is asked, in which requests and in what order (children that go
 * along, lazy and isolated ones, islands, what waits for an answer), which hooks, interceptors and promises hear of it, dialogs and questions, morphs,
 * `wire:navigate`, what it fetches ahead, and Back. `version: 3` is 3.8.5. 3.5.0 differs in what matters here: it asks a component again before it has answered, its
 * components do not know whether they are lazy (`snapshot.memo.lazyLoaded` does), and an error is shown in a `<div>`.
 *
 * `load` puts `window.Livewire` in place, as the script does when it runs; `start` makes the components, as at DOMContentLoaded (js/index.js,
 * js/lifecycle.js). `stop`, which the real one lacks, takes everything away.
 */
export const createStandIn = ({
  send = fetch,
  visit = visitByFetch,
  version = 4,
  redirect = goTo,
}: StandInOptions = {}) => {
  const components = new Map<string, Component>()
  const hooks = createHooks()
  const interceptors = createInterceptors(hooks)
  const ask: Send = (url, options) => send(url, options)
  const named = (name: string) => [...components.values()].filter((component) => component.name === name)

  const enter = (): void => {
    for (const [id, { el }] of components) if (!el.isConnected) remove(id)
    for (const el of document.querySelectorAll<HTMLElement>('[wire\\:id]')) {
      const id = el.getAttribute('wire:id') ?? ''
      if (components.get(id)?.el === el) continue
      const component = createComponent(el, fire, version)
      if (version === 3) effect(component, component.originalEffects)
      hooks.trigger('component.init', { component, cleanup: () => undefined })
      components.set(id, component)
      if (version === 4) effect(component, component.originalEffects)
      // A lazy one asks at once: everything is in view.
      const [, params] = LAZY_LOAD.exec(el.getAttribute('x-intersect') ?? el.getAttribute('x-init') ?? '') ?? []
      if (params !== undefined) void component.$wire.call('__lazyLoad', params)
    }
  }
  const remove = (id: string): void => {
    components.get(id)?.cleanup()
    components.delete(id)
  }
  const leave = (): void => {
    for (const [id, { el }] of components) if (!el.closest('[x-persist]')) remove(id)
  }
  const effect: Around['effect'] = (component, effects) => hooks.trigger('effect', { component, effects })
  const dispatchTo = (to: string, name: string, params?: unknown): void => {
    for (const { el } of named(to)) dispatch(el, name, params, false)
  }
  const around: Around = {
    settle: enter,
    effect,
    visit: redirect,
    dispatch: ({ el }, { name, params = {}, self, to, component = to }) => {
      if (component) dispatchTo(component, name, params)
      else dispatch(el, name, params, !self)
    },
  }
  const fire =
    version === 4 ? createMessages(withCallLimit(ask), hooks, interceptors, around) : createCommits(ask, hooks, around)
  const { interceptMessage, interceptAction } = interceptors
  const navigation = createNavigation({ visit: (url) => visit(url), leave, enter })
  const stopLinks = listenToLinks(navigation)
  const fireAction = (component: Component, name: string, params?: unknown[], metadata?: Metadata) =>
    fire(component, name, params, metadata)

  const Livewire = {
    initialRenderIsFinished: false,
    dispatch: (name: string, params?: unknown) => dispatch(window, name, params),
    dispatchTo,
    on,
    hook: hooks.on,
    find: (id: string) => components.get(id)?.$wire,
    all: () => [...components.values()],
    getByName: (name: string) => named(name).map(({ $wire }) => $wire),
    navigate: navigation.navigate,
    ...(version === 4 ? { interceptMessage, interceptAction, fireAction } : {}),
  }

  return {
    Livewire,
    load: () => void Object.assign(window, { Livewire }),
    start: () => {
      tell('livewire:init')
      enter()
      // At the first load, too (js/plugins/navigate/index.js).
      setTimeout(() => tell('livewire:navigated'))
      setTimeout(() => {
        Livewire.initialRenderIsFinished = true
      })
      tell('livewire:initialized')
    },
    stop: () => {
      for (const component of components.values()) component.cleanup()
      components.clear()
      navigation.stop()
      stopLinks()
      Reflect.deleteProperty(window, 'Livewire')
    },
    /** Fetches a page before its link is clicked. */
    prefetch: navigation.prefetch,
    /** How many hooks and interceptors are there. */
    hooked: () => hooks.count() + interceptors.count(),
  }
}

const LAZY_LOAD = /__lazyLoad\(['"]?([^'")]*)/

const visitByFetch = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { 'X-Livewire-Navigate': '1' } })).text()

const goTo = (url: string): void => {
  location.href = url
}
