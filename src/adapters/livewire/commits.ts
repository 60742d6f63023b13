import type { AbortSignalLike } from '../../core/abort'
import type { Stop } from '../../core/environment'
import { keepDialogsShut } from './dialogs'
import type { LivewireComponent, LivewireLike } from './surface'
import type { Targets } from './targets'

/**
 * Resolves when the server has answered every component that `ask` makes ask it, at once when there is none; rejects when one of them
 * failed, or `signal` is aborted, which is not yet.
 */
export const untilCommitted = (
  livewire: LivewireLike,
  signal: AbortSignalLike,
  { ask, isOurs }: Pick<Targets, 'ask' | 'isOurs'>,
): Promise<void> => {
  const waiting = new Set<LivewireComponent>()
  const stops = [keepDialogsShut(livewire, waiting, isOurs)]
  const answered = new Promise<void>((resolve, reject) => {
    // It is of this run alone, and goes with it.
    signal.addEventListener('abort', () => reject(signal.reason))
    const watching = watchCommits(livewire, waiting, isOurs, (component, hasFailed) => {
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

// The `commit` hook that Livewire 4 keeps does not tell a lost network, and tells success in an animation frame: never on a hidden page
// (js/request/legacy.js).
const watchCommits = (
  livewire: LivewireLike,
  waiting: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  ended: (component: LivewireComponent, hasFailed: boolean) => void,
): Stop =>
  livewire.interceptMessage
    ? livewire.interceptMessage(({ message: { component, actions }, onError, onFailure, onCancel, onFinish }) => {
        // Islands and async actions of the same component go in messages of their own.
        if (!waiting.has(component) || ![...actions].some(({ name, params }) => isOurs(name, params))) return
        // Livewire says first how it failed, and then that it is over.
        for (const on of [onError, onFailure, onCancel]) on(() => ended(component, true))
        onFinish(() => ended(component, false))
      })
    : livewire.hook('commit', ({ component, succeed, fail }) => {
        if (!waiting.has(component)) return
        succeed(() => ended(component, false))
        fail(() => ended(component, true))
      })
