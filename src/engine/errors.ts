import { attempt, ownOnly, report, sentenceOf } from './shape'
import type { RefusedReason, WaitingReason } from './state'

/** Where in a payload something was wrong, what belongs there, and what was there. */
export interface PayloadReport {
  /** Such as `changes.conditions[2].action`; empty for the payload itself. */
  path: string
  expected: string
  /** The kind of the value, and the value itself when it is short. */
  actual: string
}

/** Every code a `CartEchoError` can carry. `docs/errors.md` has a section for each. */
export type CartEchoErrorCode =
  | 'beacon-failed'
  | 'cannot-check'
  | 'invalid-answer'
  | 'invalid-channel'
  | 'invalid-cursor'
  | 'invalid-event'
  | 'invalid-options'
  | 'invalid-page'
  | 'invalid-payload'
  | 'invalid-user'
  | 'listener-failed'
  | 'no-broadcasts'
  | 'not-loaded'
  | 'no-provider'
  | 'refresh-failed'
  | Exclude<WaitingReason, 'socket-lost'>
  | RefusedReason

/** The optional details of a `CartEchoError`. */
export interface CartEchoErrorDetails {
  /** The error underneath, if there was one. */
  cause?: unknown
  /** For `invalid-payload` and `invalid-page`. */
  report?: PayloadReport | undefined
  /** The HTTP status behind a refusal; 0 when no answer came. */
  status?: number | undefined
}

/** The message of anything that was thrown. Never throws, whatever it is given. */
export const wordsOf = (thrown: unknown): string =>
  attempt(() => String(thrown instanceof Error ? thrown.message : thrown)) ?? 'something without words'

/**
 * The only error class of cart-echo. The message says in one line what is wrong, or what to do first; `docs` names the section that says more.
 * Compare `code`, not the class: a page may hold two copies of the SDK.
 */
export class CartEchoError extends Error {
  override readonly name = 'CartEchoError'
  readonly code: CartEchoErrorCode
  readonly docs: string
  readonly report: PayloadReport | undefined
  readonly status: number | undefined

  constructor(code: CartEchoErrorCode, message: string, details: CartEchoErrorDetails = {}) {
    const { cause, report, status } = ownOnly(details)
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.docs = `cart-echo/docs/errors.md#${code}`
    this.report = report
    this.status = status
  }
}

/**
 * Insists that the page gave a function.
 * @throws {CartEchoError} `invalid-options`.
 */
export const insistOnFunction = (name: string, said: unknown): void => {
  if (typeof said !== 'function') throw unfit('invalid-options', name, 'a function', said)
}

/** The error for an option that is none: its name, what belongs there, and what was there. */
export const unfit = (code: CartEchoErrorCode, name: string, expected: string, actual: unknown): CartEchoError =>
  new CartEchoError(code, sentenceOf(report({ path: [name], expected, actual })))
