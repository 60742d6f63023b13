import { attempt } from './attempt'
import type { OnError } from './emitter'
import type { CartEchoError } from './errors'

/** The same, for who must go on: an `onError` that throws has nowhere left to be reported to. */
export const neverThrowing =
  (onError: OnError): OnError =>
  (error) =>
    attempt(() => onError(error))

/** The same, but each error only the first time: one trouble may show in several places, and for a long time. */
export const onceEach = (onError: OnError): OnError => {
  const reported = new WeakSet<CartEchoError>()
  return (error) => {
    if (reported.has(error)) return
    reported.add(error)
    onError(error)
  }
}
