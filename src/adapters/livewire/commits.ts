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

/** What is asked, how its requests are told from others, and what of their failures Livewire may show. */
interface Asking extends Pick<Targets, 'ask' | 'isOurs'> {
  readonly mayShow: MayShow
}

/**
 * Resolves when the server has answered every component that `ask` makes ask it, and has rendered the islands that these answers left out, at once
 * when there is none; rejects when one of them failed, or `signal` is aborted, which is not yet.
 */
export const untilCommitted = (
  livewire: LivewireLike,
  signal: AbortSignalLike,
  { ask, isOurs, mayShow }: Asking,
): Promise<void> => {
  const waiting = new Set<LivewireComponent>()
  const stops = [keepDialogsShut(livewire, waiting, isOurs, mayShow)]
  const answered = new Promise<void>((resolve, reject) => {
    // It is of this run alone, and goes with it.
    signal.addEventListener('abort', () => reject(signal.reason))
    const watching = watchAnswers(livewire, waiting, isOurs, (component, hasFailed) => {
      waiting.delete(component)
      if (hasFailed) reject(new Error(`Livewire could not refresh ${component.name}.`))
      else if (waiting.size === 0) resolve()
    })
    stops.push(watching)
    // Livewire sends a few milliseconds later, all of them in one request.
    for (const component of ask(livewire)) waiting.add(component)
    if (waiting.size === 0) resolve()
  })
  return answered.finally(() => {
    for (const stop of stops) stop()
  })
}

/** Hears that one of `waiting` was answered, or was not. */
type Ended = (component: LivewireComponent, hasFailed: boolean) => void

// The `commit` hook that Livewire 4 keeps does not tell a lost network, and tells success in an animation frame: never on a hidden page
// (js/request/legacy.js).
const watchAnswers = (
  livewire: LivewireLike,
  waiting: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  ended: Ended,
): Stop =>
  livewire.interceptMessage?.((intercepted) => {
    const { component, actions } = intercepted.message
    // Islands and async actions of the same component go in messages of their own.
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
  // Livewire says first how it failed, and then that it is over.
  for (const on of [onError, onFailure, onCancel]) on(end(true))
  onFinish(() => {
    const islands = islandsLeft(component, effects)
    if (islands.length === 0) end(false)()
    else renderIslands(livewire, component, islands).then(end(false), end(true))
  })
}

// Nobody takes what children do that go along, nor what #[On] calls, which Livewire wraps: each failure would be an unhandled rejection of the page's.
const leaveNoRejection = (actions: Iterable<LivewireAction>, ours: readonly LivewireAction[]): void => {
  for (const { name, metadata, promise } of actions)
    if (isCarried({ method: name, metadata })) promise.then(undefined, () => undefined)
  for (const action of ours) action.rejectPromise = () => action.resolvePromise()
}

/** Hears how a request failed. True: Livewire may show it. */
export type MayShow = (status: number) => boolean

/**
 * Keeps Livewire's dialog shut when a request fails that holds nothing but a refresh of `asked`, until stopped: nobody on the page asked for
 * it, and each new try would open it again.
 */
const keepDialogsShut = (
  livewire: LivewireLike,
  asked: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  mayShow: MayShow,
): Stop =>
  livewire.hook('request', ({ payload, fail }) => {
    const { components } = JSON.parse(payload) as Payload
    // No calls at all: $refresh in Livewire 3, children that go with their parent, and what is typed into wire:model.live.
    const isOnlyOurs = components.every(({ calls }) =>
      calls.every((call) => isOurs(call.method, call.params) || isCarried(call) || isOfIsland(call)),
    )
    if (!isOnlyOurs || ![...asked].some(({ id }) => payload.includes(id))) return
    fail(({ status, preventDefault }) => {
      if (!mayShow(status)) preventDefault()
    })
  })

/**
 * True for what Livewire 4 has a child do that gets something from a component that asks, by `#[Reactive]` or `#[Modelable]`
 * (js/request/interactions.js). What is typed into wire:model.live has the type of that.
 */
const isCarried = ({ method, metadata }: Pick<Call, 'method' | 'metadata'>): boolean =>
  method === '$commit' && !metadata?.type

const isOfIsland = ({ method, metadata }: Call): boolean => method === '$refresh' && !!metadata?.island

// As the server writes them (src/Features/SupportIslands/HandlesIslands.php).
const RENDERED = /\[if FRAGMENT:type=island\|name=([^|]*)\|(?![^\]]*mode=skip)/g
const AWAITED = '[wire\\:init="__lazyLoadIsland"], [wire\\:intersect\\.once="__lazyLoadIsland"]'

/**
 * The islands that an answer of Livewire 4 has left as they were, by name: all that are not `always: true`, nor rendered by what was called. Those
 * that are not loaded yet are none of them: they will be new anyway.
 */
const islandsLeft = (
  { el, snapshot }: LivewireComponent,
  { html, islandFragments = [] }: Effects,
): readonly string[] => {
  // What renders nothing wants nothing rendered.
  if (!html) return []
  const rendered = Array.from([html, ...islandFragments].join('').matchAll(RENDERED), ([, name]) => name)
  const done = new Set([...rendered, ...Array.from(el.querySelectorAll(AWAITED), islandOf)])
  const names = (snapshot?.memo.islands ?? []).map(({ name }) => name)
  return [...new Set(names)].filter((name) => !done.has(name))
}

/** Has islands rendered, all by one request. Livewire would make one for each. Rejects when the server did not. */
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

// The first element of an island that is to be loaded says so; its mark stands before.
const islandOf = (element: Element): string | undefined => {
  let node: Node | null = element.previousSibling
  while (node && !node.nodeValue?.startsWith('[if FRAGMENT')) node = node.previousSibling
  return /\bname=([^|]*)/.exec(node?.nodeValue ?? '')?.[1]
}
