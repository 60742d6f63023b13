import { pageGlobal, type Stop } from '../../engine/environment'

/** A component as Livewire keeps it (livewire `js/component.js`), as far as it is used here. */
export interface LivewireComponent {
  readonly id: string
  readonly name: string
  readonly el: Element
  /** The effects that came with the page; `listeners` are the names in its `#[On]`. */
  readonly originalEffects?: { readonly listeners?: readonly string[] } | undefined
  /** The newest state from the server. `lazyLoaded` is false until a lazy component is loaded, and missing for others; `islands` are new in Livewire 4. */
  readonly snapshot?:
    | { readonly memo: { readonly lazyLoaded?: boolean; readonly islands?: readonly { readonly name: string }[] } }
    | undefined
}

/** `$wire` of a component (`js/$wire.js`). */
export interface Wire {
  readonly __instance: LivewireComponent
  readonly $refresh: () => PromiseLike<unknown>
  readonly call: (method: string, ...params: readonly unknown[]) => PromiseLike<unknown>
}

/** What a component asks the server to do. Only Livewire 4 has `metadata`. */
export interface Call {
  readonly method: string
  readonly params: readonly unknown[]
  readonly metadata?: { readonly type?: string; readonly island?: { readonly name: string } } | undefined
}

/** The body of Livewire's requests (`js/request/index.js`). */
export interface Payload {
  readonly components: readonly { readonly snapshot: string; calls: Call[] }[]
}

/** How a request failed: `preventDefault` keeps the dialog shut. */
interface Failure {
  readonly status: number
  readonly preventDefault: () => void
}

/** What `request` hooks get (Livewire 3 `js/request/index.js`, 4 `js/request/legacy.js`). */
export interface RequestHook {
  /** The options that `fetch` will be called with. */
  readonly options: { body: string; readonly headers: Record<string, unknown> }
  /** The body, as Livewire has made it. */
  readonly payload: string
  /** An answer has come. */
  readonly respond: (callback: () => void) => void
  readonly fail: (callback: (failure: Failure) => void) => void
}

/** What `commit` hooks get: the same files. */
interface CommitHook {
  readonly component: LivewireComponent
  readonly commit: { readonly calls: readonly Call[] }
  readonly succeed: (callback: () => void) => void
  readonly fail: (callback: () => void) => void
}

/** One component's part in what Livewire 3 is about to send (`js/request/bus.js`). */
interface PooledCommit extends Pick<CommitHook, 'component'> {
  calls: readonly Call[]
}

/** What a component is asked to do, in Livewire 4 (`js/request/action.js`). */
export interface LivewireAction {
  readonly name: string
  readonly params: readonly unknown[]
  readonly metadata: Call['metadata']
  readonly promise: PromiseLike<unknown>
  readonly resolvePromise: () => void
  rejectPromise: () => void
}

/** What an answer makes the page do (`js/component.js`). */
export interface Effects {
  readonly html?: string | undefined
  readonly islandFragments?: readonly string[] | undefined
}

/** What Livewire 4 reports about one component's part in a request (`js/request/interceptor.js`). */
export interface MessageInterceptor {
  readonly message: { readonly component: LivewireComponent; readonly actions: Iterable<LivewireAction> }
  readonly onSuccess: (callback: (success: { readonly payload: { readonly effects: Effects } }) => void) => void
  readonly onError: (callback: () => void) => void
  readonly onFailure: (callback: () => void) => void
  readonly onCancel: (callback: () => void) => void
  readonly onFinish: (callback: () => void) => void
}

/** What each hook gets, by its name. */
interface Hooks {
  readonly request: RequestHook
  readonly commit: CommitHook
  /** Only in Livewire 3. */
  readonly 'commit.pooling': { readonly commits: Set<PooledCommit> }
  readonly 'component.init': { readonly component: LivewireComponent }
  readonly effect: { readonly component: LivewireComponent }
}

/** `window.Livewire` (`js/index.js`), as far as the bridge uses it. */
export interface LivewireLike {
  /** True once it has initialised the page's components (`js/lifecycle.js`). */
  readonly initialRenderIsFinished?: boolean | undefined
  readonly all: () => readonly LivewireComponent[]
  readonly find: (id: string) => Wire | undefined
  readonly getByName: (name: string) => readonly Wire[]
  readonly hook: <Name extends keyof Hooks>(name: Name, callback: (told: Hooks[Name]) => void) => Stop
  /** From Livewire 4 on. */
  readonly interceptMessage?: ((callback: (interceptor: MessageInterceptor) => void) => Stop) | undefined
  /** From Livewire 4 on. */
  readonly fireAction?:
    | ((component: LivewireComponent, method: string, params: unknown[], metadata: object) => PromiseLike<unknown>)
    | undefined
}

/** What Livewire adds to the events it dispatches, and looks for on those it gets (`js/events.js`). */
export interface LivewireEvent extends Event {
  __livewire?: { name: string; params: unknown; receivedBy: unknown[] } | undefined
}

/** The page's Livewire, if it is there yet; not an element or a frame of that name. */
export const findLivewire = (): LivewireLike | undefined => {
  const found = pageGlobal('Livewire') as LivewireLike | undefined
  return typeof found?.hook === 'function' ? found : undefined
}

/** Adds a hook to the page's Livewire, now or when it comes, until aborted. Hooks run in the order they were added, Livewire's own first. */
export const hookInto = <Name extends keyof Hooks>(
  name: Name,
  callback: (told: Hooks[Name]) => void,
  until: AbortSignal,
): void => {
  const run = (): void => {
    const unhook = findLivewire()?.hook(name, callback)
    if (unhook) until.addEventListener('abort', unhook)
  }
  if (findLivewire()) run()
  else document.addEventListener('livewire:init', run, { once: true, signal: until })
}

/**
 * Adds what `Livewire.on` looks for (livewire `js/events.js`) to the DOM events of these names, before Livewire gets them, until aborted.
 * `#[On]` listens to every event on `window`: a second dispatch would reach it twice.
 */
export const markEvents = (names: readonly string[], until: AbortSignal): void => {
  for (const name of names) addEventListener(name, mark, { capture: true, signal: until })
}

const mark = (event: LivewireEvent): void => {
  const params = (event as CustomEvent).detail
  event.__livewire ??= { name: event.type, params, receivedBy: [] }
}
