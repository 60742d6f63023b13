import type { AlpineLike, HandleDirective } from '../adapters/alpine/alpine-like'
import { cartEchoDirective } from '../adapters/alpine/directive'
import { type ShownCart, showCart } from '../adapters/alpine/shown-cart'
import { livewire } from '../adapters/livewire'
import type { EchoOptions, PageEcho } from '../connections/echo'
import { type CartEchoOptions, createCartEchoIn } from '../create-cart-echo'
import type { CartEcho } from '../engine/cart-echo'
import { neverThrowing, type OnError, onceEach } from '../engine/emitter'
import { pageGlobal, type Stop } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'
import type { PageIdentity } from '../engine/identity'
import { ownOnly } from '../engine/shape'
import { isAskedFor } from '../inspector/asked-for'
import { type PageSettings, readPage } from '../page/block'
import { browserEnvironment, browserTabs } from '../page/environment'
import type { LoadTabs } from '../tabs/alone'
import { bringNotices } from './notices'
import { connectPage } from './page-echo'
import type { ImportPart, Part } from './parts'

/** Inserted by the build: the integrity of the parts that the engine fetches. */
declare const CART_ECHO_PARTS: Readonly<Record<Exclude<Part, 'engine'>, string>>

/** The options of `CartEcho.start()`. A page with the script tag cannot call `echo()`, so the options of `echo()` are given here. */
export interface StartOptions extends Partial<CartEchoOptions>, EchoOptions {
  /** Another Echo than `window.Echo`. */
  echo?: PageEcho | undefined
}

/** What the first file hands over. */
export interface Early {
  /** The cart that the page has already. */
  readonly cart: CartEcho
  /** The script tag. */
  readonly script: HTMLScriptElement | null
  /** The tag whose settings count, at each call. */
  readonly tag: () => HTMLScriptElement | null
  /** Options of the tag and of `CartEcho.start()`, over what the page says, at each call: `start` may come while the code is on its way. */
  readonly options: () => StartOptions
  /** What `identify` was called with, since the page was read. */
  readonly said: readonly PageIdentity[]
  readonly importPart: ImportPart
}

/** What the first file goes on with. */
export interface Opened {
  /** The real cart. */
  readonly cart: CartEcho
  /** Reads who is looking, with the options over it. */
  readonly page: () => PageOptions
  /** Keeps up to date what an Alpine shows. Returns its handler of `x-cart-echo`. */
  readonly joinAlpine: (Alpine: AlpineLike, shown: ShownCart) => HandleDirective
}

/** What the page says, and the options it was started with. */
export interface PageOptions extends StartOptions, Pick<PageSettings, 'reverb'> {}

/**
 * Creates the page's cart for the first file, and brings the notices.
 * @throws {CartEchoError} (the promise rejects) as `createCartEcho` does, and `not-loaded`.
 */
export const open = async ({ cart: facade, script, tag, options, said, importPart }: Early): Promise<Opened> => {
  const page = (): PageOptions => ownOnly({ ...readPage({ script: tag() }), ...options() })
  const onError = neverThrowing(onceEach((error) => (options().onError ?? logOf(page()))(error)))
  // Before the cart: that it cannot be created is worth seeing, too. `data-inspect` alone is the first file's.
  if (script?.getAttribute('data-inspect') === 'by-address' && isAskedFor()) inspect(facade, importPart).catch(onError)
  const connect = page().connect ?? (await connectPage(page(), () => importPart('echo', CART_ECHO_PARTS.echo)))
  // Read once more: another page may have been visited meanwhile.
  const cart = createFromPage({ ...page(), connect, onError }, () => importPart('tabs', CART_ECHO_PARTS.tabs))
  for (const identity of said) identifyOrReport(cart, identity, onError)
  const load = async (): Promise<void> => {
    const { showNotices } = await importPart<typeof import('../notice/notice')>('notice', CART_ECHO_PARTS.notice)
    showNotices(facade)
  }
  const environment = browserEnvironment()
  if (script?.getAttribute('data-notice') !== 'off') bringNotices({ cart, environment, load, onError })
  return {
    cart,
    page,
    joinAlpine: (Alpine, shown) => {
      showCart(facade, (now) => Object.assign(shown, now))
      return cartEchoDirective(facade, Alpine, shown)
    },
  }
}

/**
 * Fetches the inspector and shows it for a cart. Resolves with what removes it.
 * @throws {CartEchoError} (the promise rejects) `not-loaded`.
 */
export const inspect = async (cart: CartEcho, importPart: ImportPart): Promise<Stop> =>
  (await importPart<typeof import('../inspector/inspect')>('inspector', CART_ECHO_PARTS.inspector)).inspect(cart)

/**
 * Creates the page's cart, and connects it to Livewire, now or when it comes. `loadTabs` fetches what several tabs need. Throws as `createCartEcho` does.
 */
export const createFromPage = ({ echo, steer, ...page }: PageOptions, loadTabs: LoadTabs): CartEcho => {
  const cart = createCartEchoIn(browserEnvironment(), page, browserTabs, loadTabs)
  joinLivewire(cart)
  return cart
}

// With the code there it would have thrown at the call.
const identifyOrReport = (cart: CartEcho, identity: PageIdentity, onError: OnError): void => {
  try {
    cart.identify(identity)
  } catch (error) {
    onError(error as CartEchoError)
  }
}

// The bridge reloads the cart through Livewire, so a page without Livewire must not have it.
const joinLivewire = (cart: CartEcho): void => {
  const bridge = (): void => void livewire(cart)
  if (pageGlobal('Livewire')) bridge()
  else document.addEventListener('livewire:init', bridge)
}

// A page that only names a check uses an Echo if one comes; it is no error when none does.
const logOf =
  ({ check, reverb }: PageOptions): OnError =>
  (error) => {
    if (error.code === 'no-echo' && check && !reverb) return
    console.error(`[cart-echo] ${error.code}:`, error)
  }
