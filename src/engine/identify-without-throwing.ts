import type { CartEcho } from './cart-echo'
import { CartEchoError, type CartEchoErrorCode, wordsOf } from './errors'
import type { PageIdentity } from './identity'
import { attempt } from './shape'

/** What is left out of an identity for being this. Nobody is better than somebody else's customer, and so is no place better than another tenant's. */
const WITHOUT: ReadonlyMap<CartEchoErrorCode, PageIdentity> = new Map<CartEchoErrorCode, PageIdentity>([
  ['invalid-user', { user: null }],
  ['invalid-cursor', { cursor: null }],
  ['invalid-channel', { user: null, channel: undefined }],
  ['invalid-options', { user: null, check: undefined, reverb: undefined }],
])

/**
 * Says who looks, for whoever must not throw, such as a component: what `identify` refuses is left out of it, and added to its problems, which the
 * cart reports. Without a user, a channel, a check or a Reverb that can be read the page is nobody's. Never throws.
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
