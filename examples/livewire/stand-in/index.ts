import { createCommits, type Interceptor, type Send } from './commits'
import { type Component, createComponent } from './component'
import { dispatch, on } from './events'
import { createHooks } from './hooks'
import { navigateTo, tell } from './navigate'

export type { CommitAnswer, CommitRequest, Send } from './commits'

/** What stands in for what. */
export interface StandInOptions {
  /** The server's half. Default: `fetch`. */
  readonly send?: Send | undefined
  /** Gives the HTML of a page to navigate to. Default: `fetch`. */
  readonly visit?: ((url: string) => Promise<string>) | undefined
  /** 3 has no interceptors. Default 4. */
  readonly version?: 3 | 4 | undefined
}

/**
 * A STAND-IN for Livewire's JavaScript, which comes from PHP: written for cart-echo's demo and tests after Livewire's documentation and
 * sources (v3.8.5 and v4.4.1; each file here names the ones it follows), with no line of them. It has what cart-echo touches, and little else: no
 * Alpine, no directives but wire:model. In your app the real one does all this.
 *
 * `load` puts `window.Livewire` in place, as the script does when it runs; `start` makes the components, as at DOMContentLoaded (js/index.js,
 * js/lifecycle.js). `stop`, which the real one lacks, takes everything away.
 */
export const createStandIn = ({ send = fetch, visit = visitByFetch, version = 4 }: StandInOptions = {}) => {
  const components = new Map<string, Component>()
  const hooks = createHooks()
  const interceptors = new Set<Interceptor>()
  const commits = createCommits((url, options) => send(url, options), hooks, version === 4 ? interceptors : null)
  const named = (name: string) => [...components.values()].filter((component) => component.name === name)

  const enter = (): void => {
    for (const el of document.querySelectorAll<HTMLElement>('[wire\\:id]')) {
      const id = el.getAttribute('wire:id') ?? ''
      if (components.get(id)?.el === el) continue
      const component = createComponent(el, commits)
      components.set(id, component)
      hooks.trigger('component.init', { component })
    }
  }
  const leave = (): void => {
    for (const component of components.values()) if (!component.el.closest('[x-persist]')) component.cleanup()
    for (const [id, { el }] of components) if (!el.closest('[x-persist]')) components.delete(id)
  }
  const interceptMessage = (interceptor: Interceptor) => {
    interceptors.add(interceptor)
    return () => void interceptors.delete(interceptor)
  }

  const Livewire = {
    initialRenderIsFinished: false,
    dispatch: (name: string, params?: unknown) => dispatch(window, name, params),
    dispatchTo: (to: string, name: string, params?: unknown) => {
      for (const { el } of named(to)) dispatch(el, name, params, false)
    },
    on,
    hook: hooks.on,
    find: (id: string) => components.get(id)?.$wire,
    all: () => [...components.values()],
    getByName: (name: string) => named(name).map(({ $wire }) => $wire),
    navigate: async (url: string) => {
      tell('livewire:navigate')
      return navigateTo(await visit(url), { leave, enter })
    },
    ...(version === 4 ? { interceptMessage } : {}),
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
      Reflect.deleteProperty(window, 'Livewire')
    },
    /** How many hooks and interceptors are there. */
    hooked: () => hooks.count() + interceptors.size,
  }
}

const visitByFetch = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { 'X-Livewire-Navigate': '1' } })).text()
