import type { Abort } from '../abort'
import { parseCursor } from '../cursor'
import { CartEchoError, wordsOf } from '../errors'
import type { RefresherParts } from '../refresh'
import { RUN_WITHIN_MS } from './limits'

/** What one run needs. */
export type RunParts = Pick<RefresherParts, 'environment' | 'refresh' | 'cursor'>

/**
 * Runs a refresh once. Resolves when it has ended, or was aborted: one that was dropped may never end. Rejects with what it threw; also
 * when it has not ended within 30 s, for one that never ends would be the last, such as one that awaits `refresh()` or `check()`, which
 * wait for it.
 */
export const run = (parts: RunParts, abort: Abort): Promise<void> =>
  new Promise((resolve, reject) => {
    const stopTimer = parts.environment.schedule(RUN_WITHIN_MS, () => {
      reject(new Error(`It did not end within ${RUN_WITHIN_MS / 1_000} s.`))
      abort.abort()
    })
    const end = (settle: () => void): void => {
      stopTimer()
      settle()
    }
    abort.signal.addEventListener('abort', () => end(resolve))
    readOnceOrTwice(parts, abort).then(
      () => end(resolve),
      (cause) => end(() => reject(cause)),
    )
  })

/** The error of a refresh that failed. */
export const refreshFailed = (cause: unknown): CartEchoError =>
  new CartEchoError('refresh-failed', `The cart could not be read anew: ${wordsOf(cause)}`, { cause })

const readOnceOrTwice = async ({ refresh, cursor }: RunParts, { signal }: Abort): Promise<void> => {
  const read = () => refresh({ cursor: cursor(), signal })
  // A microtask later: whoever begins a run holds it first.
  await null
  const rendered = await read()
  // A replica may have lagged: read once more, not for ever.
  if (!signal.aborted && isOlder(rendered, cursor())) await read()
}

const isOlder = (rendered: unknown, newest: string | null): boolean => {
  const [theirs, ours] = [parseCursor(rendered), parseCursor(newest)]
  return theirs !== null && theirs.epoch === ours?.epoch && theirs.seq < ours.seq
}
