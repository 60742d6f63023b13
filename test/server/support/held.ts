import { AsyncResource, createHook, executionAsyncId } from 'node:async_hooks'
import { setImmediate as nextTurn, setTimeout as realTime } from 'node:timers/promises'

/** What a piece of work holds: its listeners, sockets and timers, and nobody else's in this process. */
export interface Held {
  /** Resolves when so many are held; closing and opening take Node some turns. Rejects with what is held. */
  exactly(count: number): Promise<void>
  atLeast(count: number): Promise<void>
}

const TURNS = 200
/** Where a machine is slow to carry what was sent, it gets so many times 5 ms more. */
const REPRIEVES = 200
const IS_COUNTED = /^(TCPWRAP|TCPSERVERWRAP|Timeout)$/

/** Does something, and tells it what it and everything that it begins holds. */
export const watchingHeld = async (work: (held: Held) => Promise<void>): Promise<void> => {
  const begun = new Set<number>()
  const held = new Map<number, string>()
  let isOurOwn = false
  const hook = createHook({
    // A connection is accepted outside of any work, and caused by its listener.
    init: (id, name, causeId) => {
      if (isOurOwn || !(begun.has(executionAsyncId()) || begun.has(causeId))) return
      begun.add(id)
      if (IS_COUNTED.test(name)) held.set(id, name)
    },
    destroy: (id) => held.delete(id),
  }).enable()

  const until = async (what: string, condition: () => boolean): Promise<void> => {
    for (let looks = 0; !condition(); looks += 1) {
      if (looks > TURNS + REPRIEVES) throw new Error(`Held should be ${what}, and is: ${[...held.values()].join(' ')}.`)
      isOurOwn = true
      const later = looks < TURNS ? nextTurn() : realTime(5)
      isOurOwn = false
      await later
    }
  }

  const scope = new AsyncResource('work')
  begun.add(scope.asyncId())
  try {
    await scope.runInAsyncScope(work, null, {
      exactly: (count: number) => until(`${count}`, () => held.size === count),
      atLeast: (count: number) => until(`at least ${count}`, () => held.size >= count),
    })
  } finally {
    hook.disable()
  }
}
