import type { Stop } from '../../core/environment'

/** A component as Livewire keeps it (livewire `js/component.js`), as far as the bridge looks. */
export interface LivewireComponent {
  readonly id: string
  readonly name: string
  /** What came with the page; `listeners` are the names of its `#[On]`. */
  readonly originalEffects?: { readonly listeners?: readonly string[] } | undefined
  readonly isLazy?: boolean | undefined
  readonly hasBeenLazyLoaded?: boolean | undefined
}

/** `$wire` of a component (`js/$wire.js`). */
export interface Wire {
  readonly __instance: LivewireComponent
  readonly $refresh: () => PromiseLike<unknown>
}

/** What `request` hooks are given (Livewire 3 `js/request/index.js`, 4 `js/request/legacy.js`). */
export interface RequestHook {
  readonly options: { readonly headers: Record<string, unknown> }
  /** The body, as it is sent. */
  readonly payload: string
  /** The answer is an error: `preventDefault` keeps the dialog shut. */
  readonly fail: (callback: (failure: { readonly preventDefault: () => void }) => void) => void
}

/** What `commit` hooks are given: the same files. */
export interface CommitHook {
  readonly component: LivewireComponent
  readonly succeed: (callback: () => void) => void
  readonly fail: (callback: () => void) => void
}

/** What a component is asked to do, in Livewire 4 (`js/request/action.js`). */
export interface LivewireAction {
  readonly name: string
  readonly params: readonly unknown[]
}

/** What Livewire 4 tells of one component's part in a request (`js/request/interceptor.js`). */
export interface MessageInterceptor {
  readonly message: { readonly component: LivewireComponent; readonly actions: Iterable<LivewireAction> }
  readonly onError: (callback: () => void) => void
  readonly onFailure: (callback: () => void) => void
  readonly onCancel: (callback: () => void) => void
  readonly onFinish: (callback: () => void) => void
}

/** `window.Livewire` (`js/index.js`), as far as the bridge uses it. */
export interface LivewireLike {
  /** True when it has made the page's components (`js/lifecycle.js`). */
  readonly initialRenderIsFinished?: boolean | undefined
  readonly dispatch: (name: string, params: object) => void
  readonly getByName: (name: string) => readonly Wire[]
  readonly hook: {
    (name: 'request', callback: (request: RequestHook) => void): Stop
    (name: 'commit', callback: (commit: CommitHook) => void): Stop
  }
  /** From Livewire 4 on. */
  readonly interceptMessage?: ((callback: (interceptor: MessageInterceptor) => void) => Stop) | undefined
}

/** What Livewire puts on the events it dispatches, and looks for on those it hears (`js/events.js`). */
export interface LivewireEvent extends Event {
  __livewire?: { name: string; params: unknown; receivedBy: unknown[] } | undefined
}

/** The page's Livewire, if it is there yet. */
export const findLivewire = (): LivewireLike | undefined => (globalThis as { Livewire?: LivewireLike }).Livewire
