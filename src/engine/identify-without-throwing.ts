import type { CartEcho } from './cart-echo'
import { CartEchoError, type CartEchoErrorCode, wordsOf } from './errors'
import type { PageIdentity } from './identity'
import { attempt } from './shape'

/**
 * What takes the place of what cannot be read. Where that might be the user, the channel or the server, the page becomes nobody's: else it could show another
 * customer's cart, or another tenant's.
 */
const WITHOUT: ReadonlyMap<CartEchoErrorCode, PageIdentity> = new Map<CartEchoErrorCode, PageIdentity>([
  ['invalid-user', { user: null }],
  ['invalid-cursor', { cursor: null }],
  ['invalid-channel', { user: null, channel: undefined }],
  ['invalid-options', { user: null, check: undefined, reverb: undefined }],
])

/**
 * The same as `cart.identify`, for whoever must not throw, such as a component: what it refuses is left out, and added to the identity's problems, which the
 * cart reports. Never throws.
 */
export const identifyWithoutThrowing = (cart: Pick<CartEcho, 'identify'>, identity: PageIdentity): void => {
  const problems = problemsOf(identity)
  let rest = identity
  // Once for each kind, for identify changes nothing where it throws.
  for (let kinds = WITHOUT.size; kinds >= 0; kinds -= 1) {
    try {
      return cart.identify(rest)
    } catch (cause) {
      const problem = cause instanceof CartEchoError ? cause : asProblem(cause)
      problems.push(problem)
      rest = attempt(() => ({ ...rest, ...(WITHOUT.get(problem.code) ?? { user: null }), problems })) ?? { problems }
    }
  }
  cart.identify({ problems })
}

const problemsOf = (identity: PageIdentity): CartEchoError[] => {
  const said = attempt(() => identity.problems)
  return Array.isArray(said) ? [...said] : []
}

// By its code: a page may hold two copies of the SDK.
const asProblem = (cause: unknown): CartEchoError => {
  const { code } = Object(cause) as { code?: CartEchoErrorCode }
  return new CartEchoError(code !== undefined && WITHOUT.has(code) ? code : 'invalid-page', wordsOf(cause), { cause })
}
