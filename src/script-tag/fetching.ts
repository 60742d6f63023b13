import type { OnError } from '../engine/emitter'
import type { Environment } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { ownOnly } from '../engine/shape'
import { createRetries } from './retries'

/** How far something is that is fetched when it is wanted. */
export type Fetched<Value> =
  /** Nobody has wanted it yet, or nobody does any more. */
  | { readonly name: 'unasked' }
  /** It comes. `after`: what the try before it died of, null for the first. */
  | { readonly name: 'underway'; readonly coming: Promise<Value>; readonly after: CartEchoError | null }
  /** It is tried again by itself; `nextTryAtMs` is null while nobody looks at the page, or its network is away. */
  | { readonly name: 'failed'; readonly error: CartEchoError; readonly nextTryAtMs: number | null }
  /** It came, and was asked for what it cannot be: another try would not help. */
  | { readonly name: 'misused' }
  | { readonly name: 'there'; readonly value: Value }

/** What a fetching is made of. */
export interface FetchingOptions<Value> {
  readonly environment: Environment
  readonly load: () => Promise<Value>
  /** Whether somebody wants it who is told by `arrived` and `onError`. */
  readonly isWanted: () => boolean
  readonly arrived: (value: Value) => void
  /** Called whenever it is as far as never before. Default: nobody wants to know. */
  readonly moved?: (() => void) | undefined
  /** Gets the first failure of a row, and each misuse, where it is wanted. */
  readonly onError: OnError
}

/** Something that is fetched when it is wanted, and until it comes. */
export interface Fetching<Value> {
  readonly get: () => Fetched<Value>
  /** Begins where it is wanted, and gives up where it is not: no timer is left then. */
  readonly look: () => void
  /** The same, and what has failed, or was misused, is tried at once. */
  readonly again: () => void
  /** Fetches it, wanted or not. Rejects with `not-loaded`, or with the misuse. */
  readonly now: () => Promise<Value>
}

/** Makes one. Fetches nothing yet, and one at a time. */
export const createFetching = <Value>(options: FetchingOptions<Value>): Fetching<Value> => {
  const { environment, load, isWanted, arrived, moved = () => undefined, onError } = ownOnly(options)
  let state: Fetched<Value> = { name: 'unasked' }

  const become = (next: Fetched<Value>): void => {
    state = next
    moved()
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

  // Whoever waits for it is told by the promise; whoever wants it, by `onError`.
  const quietly = (): void => void now().catch(() => undefined)

  const look = (): void => {
    if (state.name === 'there') return
    if (!isWanted()) giveUp()
    else if (state.name === 'unasked') quietly()
  }

  const retries = createRetries(environment, quietly, (nextTryAtMs) => {
    if (state.name === 'failed') become({ ...state, nextTryAtMs })
  })

  return {
    get: () => state,
    look,
    again: () => {
      if (state.name === 'misused') state = { name: 'unasked' }
      look()
      if (state.name === 'failed') quietly()
    },
    now,
  }
}

// By name: the code that was fetched has a class of its own.
const isMisuse = (cause: unknown): cause is CartEchoError =>
  cause instanceof Error && cause.name === 'CartEchoError' && (cause as CartEchoError).code !== 'not-loaded'

const notLoaded = (cause: unknown): CartEchoError =>
  cause instanceof CartEchoError
    ? cause
    : new CartEchoError('not-loaded', `The rest of cart-echo could not be fetched. ${wordsOf(cause)}`, { cause })
