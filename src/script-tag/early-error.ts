import type { OnError } from '../engine/emitter'
import type { CartEchoError, CartEchoErrorCode } from '../engine/errors'

/**
 * A `CartEchoError` of the first file, which has no class for it: the engine's would cost more than all that can go wrong here. Compare `code`, not the
 * class, as everywhere.
 */
export const earlyError = (code: CartEchoErrorCode, message: string, cause?: unknown): CartEchoError =>
  Object.assign(Error(message), {
    name: 'CartEchoError' as const,
    code,
    docs: `cart-echo/docs/errors.md#${code}`,
    cause,
  }) as CartEchoError

/** Runs a listener of the page's. What it throws is reported as `listener-failed`, with the thrown value as its `cause`. */
export const guarded = (where: string, run: () => void, onError: OnError): void => {
  try {
    run()
  } catch (cause) {
    onError(earlyError('listener-failed', `A listener of ${where} threw.`, cause))
  }
}
