import type { Stop } from '../../core/environment'
import type { RefreshRequest } from '../../core/refresh'
import type { LivewireComponent, LivewireLike } from './surface'

/** Hears how the next commit of a component ended, or null for those that do not concern it. */
type Ended = (component: LivewireComponent) => ((hasFailed: boolean) => void) | null

/**
 * Resolves when the server has answered every component that `ask` makes ask it, at once when there is none; rejects when one of them
 * failed, or `signal` is aborted.
 */
export const untilCommitted = (
  livewire: LivewireLike,
  signal: RefreshRequest['signal'],
  ask: () => readonly LivewireComponent[],
): Promise<void> =>
  new Promise((resolve, reject) => {
    const waiting = new Set<LivewireComponent>()
    const end = (settle: () => void): void => {
      unhook?.()
      unhook = undefined
      signal.removeEventListener('abort', abort)
      settle()
    }
    const abort = (): void => end(() => reject(signal.reason))
    let unhook: Stop | undefined = watchCommits(livewire, (component) =>
      waiting.has(component)
        ? (hasFailed) => {
            waiting.delete(component)
            if (hasFailed) end(() => reject(new Error(`Livewire could not refresh ${component.name}.`)))
            else if (waiting.size === 0) end(resolve)
          }
        : null,
    )
    signal.addEventListener('abort', abort)
    // Livewire sends a few milliseconds later, all of them in one request.
    for (const component of ask()) waiting.add(component)
    if (waiting.size === 0) end(resolve)
  })

// The `commit` hook that Livewire 4 keeps does not tell a lost network, and tells success in an animation frame: never on a hidden page
// (js/request/legacy.js).
const watchCommits = (livewire: LivewireLike, ended: Ended): Stop =>
  livewire.interceptMessage
    ? livewire.interceptMessage(({ message, onError, onFailure, onCancel, onFinish }) => {
        // Islands and async actions of the same component go in messages of their own.
        const end = [...message.actions].some(({ name }) => OURS.has(name)) ? ended(message.component) : null
        if (!end) return
        let hasFailed = false
        for (const on of [onError, onFailure, onCancel]) {
          on(() => {
            hasFailed = true
          })
        }
        onFinish(() => end(hasFailed))
      })
    : livewire.hook('commit', ({ component, succeed, fail }) => {
        const end = ended(component)
        succeed(() => end?.(false))
        fail(() => end?.(true))
      })

// What #[On] calls (js/features/supportListeners.js), and $wire.$refresh().
const OURS = new Set(['__dispatch', '$refresh'])
