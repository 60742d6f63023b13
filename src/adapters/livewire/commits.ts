import type { AbortSignalLike } from '../../engine/abort'
import type { Stop } from '../../engine/environment'
import { isCarried, keepDialogsShut, type MayShow } from './dialogs'
import { islandsLeft, renderIslands } from './islands'
import type { Effects, LivewireAction, LivewireComponent, LivewireLike, MessageInterceptor } from './surface'
import type { Targets } from './targets'

/** What is asked, how its requests are told from others, and what of their failures Livewire may show. */
export interface Asking extends Pick<Targets, 'ask' | 'isOurs'> {
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
