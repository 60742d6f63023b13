import type { OnError } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { ownOnly } from '../engine/shape'
import { createRetries } from './retries'

/** The state of something that is fetched when it is wanted. */
export type Fetched<Value> =
  /** Not wanted yet, or no longer. */
  | { readonly name: 'unasked' }
  /** Being fetched. `after`: the error of the try before; null for the first. */
  | { readonly name: 'underway'; readonly coming: Promise<Value>; readonly after: CartEchoError | null }
  /** Tried again by itself; `nextTryAtMs` is null while the page is hidden or offline. */
  | { readonly name: 'failed'; readonly error: CartEchoError; readonly nextTryAtMs: number | null }
  /** It was fetched, but refused its options: another try would not help. */
  | { readonly name: 'misused' }
  | { readonly name: 'there'; readonly value: Value }

/** What a fetching is made of. */
export interface FetchingOptions<Value> {
  readonly environment: Environment
  readonly load: () => Promise<Value>
  /** Whether somebody wants it who is notified by `arrived` and `onError`. */
  readonly isWanted: () => boolean
  readonly arrived: (value: Value) => void
  /** Called when the state has changed. Default: not called. */
  readonly changed?: (() => void) | undefined
  /** Called with the first failure in a row, and with each misuse, while it is wanted. */
  readonly onError: OnError
}

/** Something that is fetched when it is wanted, with retries. */
export interface Fetching<Value> {
  readonly get: () => Fetched<Value>
  /** Starts fetching if it is wanted, and gives up if it is not: no timer is left then. */
  readonly look: () => void
  /** The same, but what has failed or was misused is tried at once. */
  readonly again: () => void
  /** Fetches it, wanted or not. Rejects with `not-loaded`, or with the misuse. */
  readonly now: () => Promise<Value>
}

/** Creates one. It fetches nothing yet, and never twice at the same time. */
export const createFetching = <Value>(options: FetchingOptions<Value>): Fetching<Value> => {
  const { environment, load, isWanted, arrived, changed = () => undefined, onError } = ownOnly(options)
  let state: Fetched<Value> = { name: 'unasked' }

  const become = (next: Fetched<Value>): void => {
    state = next
    changed()
  }

  const now = async (): Promise<Value> => {
    if (state.name === 'there') return state.value
    return state.name === 'underway' ? state.coming : begin(state.name === 'failed' ? state.error : null)
  }

  const begin = (after: CartEchoError | null): Promise<Value> => {
    retries.trying()
    const coming = load().then(arrive, (cause) => fail(cause, after))
    become({ name: 'underway', coming, after })
    return coming
  }

  const arrive = (value: Value): Value => {
    retries.end()
    become({ name: 'there', value })
    arrived(value)
    return value
  }

  const fail = (cause: unknown, after: CartEchoError | null): never => {
    const error = isMisuse(cause) ? cause : notLoaded(cause)
    const isTold = isWanted() && (after === null || isMisuse(cause))
    become(failed(error))
    if (isTold) onError(error)
    throw error
  }

  const failed = (error: CartEchoError): Fetched<Value> => {
    if (isWanted() && !isMisuse(error)) return { name: 'failed', error, nextTryAtMs: retries.failed() }
    retries.end()
    return { name: isWanted() ? 'misused' : 'unasked' }
  }

  const giveUp = (): void => {
    retries.end()
    if (state.name === 'failed') become({ name: 'unasked' })
  }

  // Callers of `now` get the error from its promise, all others through `onError`.
  const fetchInBackground = (): void => void now().catch(() => undefined)

  const look = (): void => {
    if (state.name === 'there') return
    if (!isWanted()) giveUp()
    else if (state.name === 'unasked') fetchInBackground()
  }

  const retries = createRetries(environment, fetchInBackground, (nextTryAtMs) => {
    if (state.name === 'failed') become({ ...state, nextTryAtMs })
  })

  return {
    get: () => state,
    look,
    again: () => {
      if (state.name === 'misused') state = { name: 'unasked' }
      look()
      if (state.name === 'failed') fetchInBackground()
    },
    now,
  }
}

// By name: the fetched code has a class of its own.
const isMisuse = (cause: unknown): cause is CartEchoError =>
  cause instanceof Error && cause.name === 'CartEchoError' && (cause as CartEchoError).code !== 'not-loaded'

const notLoaded = (cause: unknown): CartEchoError =>
  cause instanceof CartEchoError
    ? cause
    : new CartEchoError('not-loaded', `The rest of cart-echo could not be fetched. ${wordsOf(cause)}`, { cause })
