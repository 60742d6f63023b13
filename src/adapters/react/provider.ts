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
import type { CartEcho } from '../../engine/cart-echo'
import { CartEchoError } from '../../engine/errors'
import { identifyWithoutThrowing } from '../../engine/identify-without-throwing'
import { type PageIdentity, textOf } from '../../engine/identity'

/** What `CartEchoProvider` is given. */
export interface CartEchoProviderProps {
  /** From `createCartEcho`, made outside of rendering: once for a page, and on a server once for each request. */
  readonly client: CartEcho
  /**
   * Who is looking, as the server rendered it, such as Inertia's `usePage().props.cartEcho`. Handed to `client.identify` when the
   * provider mounts and whenever it says something else, compared by value, before the browser paints: nobody sees another's news.
   * A page that comes again, as with Back, says nothing else as long as its cursor was not brought up to date: with Inertia let the
   * refresh reload this too. Default: what the client was made with holds.
   *
   * What cannot be read is left out and goes to the client's `onError`, as with `readPage`: an `invalid-cursor` costs the
   * cursor, an `invalid-user` makes it nobody's page. The tree stays.
   */
  readonly page?: PageIdentity | undefined
  readonly children?: ReactNode
}

/** Long enough for what comes right back, such as a route whose code is still being loaded. */
const GRACE_MS = 2_000

const CartEchoContext = createContext<CartEcho | null>(null)

/**
 * Gives the client to the hooks below it and listens while it is mounted: from its effect on, when the handlers below it are
 * in place, until 2 s after it was unmounted, so that what comes right back (StrictMode, Fast Refresh, an Inertia visit) finds the channel
 * still open. Several providers of one client are counted. Opens nothing on a server. Never throws.
 */
export const CartEchoProvider = (
  props: CartEchoProviderProps,
): FunctionComponentElement<ProviderProps<CartEcho | null>> => {
  const { client, page, children } = props
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
    // Starts are counted: one that comes back meanwhile has its own, and this release changes nothing.
    return () => void setTimeout(release, GRACE_MS)
  }, [client])

const useIdentity = (client: CartEcho, page: PageIdentity | undefined): void => {
  const identity = page && textOf(page)
  const said = useRef<readonly unknown[]>([])
  // React 18 warns about layout effects on a server.
  const useBeforePaint = typeof document === 'undefined' ? useEffect : useLayoutEffect
  useBeforePaint(() => {
    const [to, what] = said.current
    // Suspense runs layout effects anew when it shows the tree again: the same old cursor would ask for a refresh each time.
    if (!page || (to === client && what === identity)) return
    said.current = [client, identity]
    identifyWithoutThrowing(client, page)
  })
}
