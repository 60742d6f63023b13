import {
  createContext,
  createElement,
  type FunctionComponentElement,
  type ProviderProps,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react'
import { type CartEcho, identifyWithoutThrowing, insistOnCart } from '../../engine/cart-echo'
import { CartEchoError } from '../../engine/errors'
import { identityKey, type PageIdentity } from '../../engine/identity'

/** The props of `CartEchoProvider`. */
export interface CartEchoProviderProps {
  /** From `createCartEcho`, created outside of rendering: once for a page, and on a server once for each request. */
  readonly client: CartEcho
  /**
   * Who is looking, as the server rendered it, such as Inertia's `usePage().props.cartEcho`. Passed to `client.identify` when the
   * provider mounts and whenever its value changes, before the browser paints, so that nobody sees another customer's news.
   * A page that comes again, as with Back, has the same value until its cursor is updated: with Inertia let the
   * refresh reload this prop too. Default: the client keeps the identity it has.
   *
   * Settings that cannot be read are left out and go to the client's `onError`, as with `readPage`: an `invalid-cursor` loses the
   * cursor, an `invalid-user` means that nobody is logged in. The tree stays rendered.
   */
  readonly page?: PageIdentity | undefined
  readonly children?: ReactNode
}

/** Long enough for a remount soon after, such as when a route's code is still being loaded. */
const GRACE_MS = 2_000

const CartEchoContext = createContext<CartEcho | null>(null)

/**
 * Gives the client to the hooks below it, and listens while it is mounted: from its effect, when the handlers below it are
 * in place, until 2 s after it was unmounted, so that a remount (StrictMode, Fast Refresh, an Inertia visit) finds the channel
 * still open. Several providers may share a client. Opens nothing on a server.
 * @throws {CartEchoError} `invalid-options` without the cart.
 */
export const CartEchoProvider = (
  props: CartEchoProviderProps,
): FunctionComponentElement<ProviderProps<CartEcho | null>> => {
  const { client, page, children } = props
  insistOnCart(client, '<CartEchoProvider client={cart}>')
  useIdentity(client, page)
  useListening(client)
  return createElement(CartEchoContext.Provider, { value: client }, children)
}

/**
 * The client of the nearest `CartEchoProvider`.
 * @throws {CartEchoError} `no-provider` when there is none.
 */
export const useCartEcho = (): CartEcho => {
  const client = useContext(CartEchoContext)
  if (client) return client
  throw new CartEchoError('no-provider', 'Wrap it in a <CartEchoProvider>.')
}

const useListening = (client: CartEcho): void =>
  useEffect(() => {
    const release = client.start()
    // Starts are counted: a provider that was mounted meanwhile has its own, which this does not end.
    return () => void setTimeout(release, GRACE_MS)
  }, [client])

const useIdentity = (client: CartEcho, page: PageIdentity | undefined): void => {
  const identity = page && identityKey(page)
  const said = useRef<readonly unknown[]>([])
  // React 18 warns about layout effects on a server.
  const useBeforePaint = typeof document === 'undefined' ? useEffect : useLayoutEffect
  useBeforePaint(() => {
    const [to, what] = said.current
    // Suspense runs layout effects again when it shows the tree again: the same old cursor would request a refresh each time.
    if (!page || (to === client && what === identity)) return
    said.current = [client, identity]
    identifyWithoutThrowing(client, page)
  })
}
