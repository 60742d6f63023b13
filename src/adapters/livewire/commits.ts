import type { AbortSignalLike } from '../../engine/abort'
import type { Stop } from '../../engine/environment'
import type {
  Call,
  Effects,
  LivewireAction,
  LivewireComponent,
  LivewireLike,
  MessageInterceptor,
  Payload,
} from './surface'
import type { Targets } from './targets'

/** What to ask, how to tell its requests from others, and which of their failures Livewire may show. */
interface Asking extends Pick<Targets, 'ask' | 'isOurs'> {
  readonly mayShow: MayShow
}

/**
 * Resolves when the server has answered every component that `ask` refreshes, and has rendered the islands that these answers left out; at once
 * when there are none. Rejects when one of them failed, or when `signal` is aborted (it must not be yet).
 */
export const untilCommitted = (
  livewire: LivewireLike,
  signal: AbortSignalLike,
  { ask, isOurs, mayShow }: Asking,
): Promise<void> => {
  const waiting = new Set<LivewireComponent>()
  const stops = [suppressDialogs(livewire, waiting, isOurs, mayShow)]
  const answered = new Promise<void>((resolve, reject) => {
    // Never removed: the signal is of this run alone.
    signal.addEventListener('abort', () => reject(signal.reason))
    const watching = watchAnswers(livewire, waiting, isOurs, (component, hasFailed) => {
      waiting.delete(component)
      if (hasFailed) reject(new Error(`Livewire could not refresh ${component.name}.`))
      else if (waiting.size === 0) resolve()
    })
    stops.push(watching)
    // Livewire sends them a few milliseconds later, all in one request.
    for (const component of ask(livewire)) waiting.add(component)
    if (waiting.size === 0) resolve()
  })
  return answered.finally(() => {
    for (const stop of stops) stop()
  })
}

/** Called when one of `waiting` was answered, or failed. */
type Ended = (component: LivewireComponent, hasFailed: boolean) => void

// Livewire 4 still has the `commit` hook, but that does not report a lost network, and reports success in an animation frame, so never on a hidden page
// (js/request/legacy.js).
const watchAnswers = (
  livewire: LivewireLike,
  waiting: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  ended: Ended,
): Stop =>
  livewire.interceptMessage?.((intercepted) => {
    const { component, actions } = intercepted.message
    // Islands and async actions of the same component are sent in other messages.
    const ours = [...actions].filter(({ name, params, metadata }) => !metadata?.island && isOurs(name, params))
    leaveNoRejection(actions, waiting.has(component) ? ours : [])
    if (waiting.has(component) && ours.length > 0) watchMessage(livewire, intercepted, ended)
  }) ??
  livewire.hook('commit', ({ component, succeed, fail }) => {
    if (!waiting.has(component)) return
    succeed(() => ended(component, false))
    fail(() => ended(component, true))
  })

const watchMessage = (
  livewire: LivewireLike,
  { message: { component }, onSuccess, onError, onFailure, onCancel, onFinish }: MessageInterceptor,
  ended: Ended,
): void => {
  let effects: Effects = {}
  onSuccess(({ payload }) => {
    effects = payload.effects
  })
  const end = (hasFailed: boolean) => () => ended(component, hasFailed)
  // Livewire calls one of these first, then onFinish.
  for (const on of [onError, onFailure, onCancel]) on(end(true))
  onFinish(() => {
    const islands = islandsLeft(component, effects)
    if (islands.length === 0) end(false)()
    else renderIslands(livewire, component, islands).then(end(false), end(true))
  })
}

// Nobody handles the promises of children that go along, nor of #[On] calls: each failure would be an unhandled rejection.
const leaveNoRejection = (actions: Iterable<LivewireAction>, ours: readonly LivewireAction[]): void => {
  for (const { name, metadata, promise } of actions)
    if (isCarried({ method: name, metadata })) promise.then(undefined, () => undefined)
  for (const action of ours) action.rejectPromise = () => action.resolvePromise()
}

/** Called with the status of a request that failed. True: Livewire may show it. */
export type MayShow = (status: number) => boolean

/**
 * Suppresses Livewire's dialog for a failed request that contains nothing but a refresh of `asked`, until stopped: no shopper asked for
 * it, and each retry would open it again.
 */
const suppressDialogs = (
  livewire: LivewireLike,
  asked: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  mayShow: MayShow,
): Stop =>
  livewire.hook('request', ({ payload, fail }) => {
    const { components } = JSON.parse(payload) as Payload
    // Without calls: $refresh in Livewire 3, children that go with their parent, and typing into wire:model.live.
    const isOnlyOurs = components.every(({ calls }) =>
      calls.every((call) => isOurs(call.method, call.params) || isCarried(call) || isOfIsland(call)),
    )
    if (!isOnlyOurs || ![...asked].some(({ id }) => payload.includes(id))) return
    fail(({ status, preventDefault }) => {
      if (!mayShow(status)) preventDefault()
    })
  })

/**
 * True for the call of a child that Livewire 4 sends along with its parent because of `#[Reactive]` or `#[Modelable]`
 * (js/request/interactions.js). A call from typing into wire:model.live has a type.
 */
const isCarried = ({ method, metadata }: Pick<Call, 'method' | 'metadata'>): boolean =>
  method === '$commit' && !metadata?.type

const isOfIsland = ({ method, metadata }: Call): boolean => method === '$refresh' && !!metadata?.island

// The island markers that the server writes (src/Features/SupportIslands/HandlesIslands.php).
const RENDERED = /\[if FRAGMENT:type=island\|name=([^|]*)\|(?![^\]]*mode=skip)/g
const AWAITED = '[wire\\:init="__lazyLoadIsland"], [wire\\:intersect\\.once="__lazyLoadIsland"]'

/**
 * The names of the islands that an answer of Livewire 4 left unchanged: all but those with `always: true`, those that the call rendered, and those that
 * are not loaded yet, which will be new anyway.
 */
const islandsLeft = (
  { el, snapshot }: LivewireComponent,
  { html, islandFragments = [] }: Effects,
): readonly string[] => {
  // A component that rendered nothing needs no islands either.
  if (!html) return []
  const rendered = Array.from([html, ...islandFragments].join('').matchAll(RENDERED), ([, name]) => name)
  const done = new Set([...rendered, ...Array.from(el.querySelectorAll(AWAITED), islandOf)])
  const names = (snapshot?.memo.islands ?? []).map(({ name }) => name)
  return [...new Set(names)].filter((name) => !done.has(name))
}

/** Renders islands with a single request; Livewire would make one for each. Rejects when that failed. */
const renderIslands = async (
  { fireAction, hook }: LivewireLike,
  component: LivewireComponent,
  [first, ...others]: readonly string[],
): Promise<void> => {
  const metadataOf = (name = '') => ({ island: { name, mode: 'morph' } })
  const unhook = hook('request', ({ options }) => {
    const body = JSON.parse(options.body) as Payload
    for (const { snapshot, calls } of body.components) {
      if (JSON.parse(snapshot).memo.id !== component.id || calls[0]?.metadata?.island?.name !== first) continue
      for (const name of others) calls.push({ method: '$refresh', params: [], metadata: metadataOf(name) })
      options.body = JSON.stringify(body)
    }
  })
  try {
    await fireAction?.(component, '$refresh', [], metadataOf(first))
  } finally {
    unhook()
  }
}

// The first element of a lazy island has the attribute; the marker with the island's name is before it.
const islandOf = (element: Element): string | undefined => {
  let node: Node | null = element.previousSibling
  while (node && !node.nodeValue?.startsWith('[if FRAGMENT')) node = node.previousSibling
  return /\bname=([^|]*)/.exec(node?.nodeValue ?? '')?.[1]
}
