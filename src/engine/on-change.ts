import type { Source } from './emitter'
import type { Stop } from './environment'

/**
 * Calls the listener after each change from now on, not at once. Goes by when it is called, so that it does the same for a source of an older copy of the
 * SDK. A file of its own: the adapters need nothing else of the emitter.
 */
export const onChange = <Value>(source: Pick<Source<Value>, 'subscribe'>, listener: (value: Value) => void): Stop => {
  let isSubscribed = false
  const stop = source.subscribe((value) => {
    if (isSubscribed) listener(value)
  })
  isSubscribed = true
  return stop
}
