import type { CartEchoOptions } from '../create-cart-echo'
import { type CartEcho, onChange } from '../engine/cart-echo'
import { neverThrowing, type OnError, onceEach } from '../engine/emitter'
import type { Environment, Stop } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import type { CartEventName } from '../engine/events'
import { type PageIdentity, readShopper } from '../engine/identity'
import { ownOnly } from '../engine/shape'
import type { PageSettings } from '../page/block'
import { dispatchStatus } from './early-status'
import type { PageOptions, StartOptions } from './engine'
import { createLateCart } from './late-cart'
import { bringNotices } from './notices'
import type { ImportPart } from './parts'
import { whenDone } from './when-done'

/** What the page's cart is made of. */
export interface PageCartOptions {
  readonly environment: Environment
  /** Reads the page's settings, each time. */
  readonly read: () => PageSettings
  /** Options from the tag; those of `start` override them. */
  readonly given: StartOptions
  readonly importPart: ImportPart
  /** Whether notices are shown. */
  readonly hasNotices: boolean
}

/** The cart of a page with the script tag. */
export interface PageCart {
  readonly cart: CartEcho
  /** The page's settings, overridden by the options of `start`. */
  readonly page: () => PageOptions
  /**
   * Starts the cart. `options` override those of the page; undefined ones do not count. Misuse that only the code detects goes to `onError`, because the
   * code is fetched later.
   * @throws {CartEchoError} `invalid-options` when options come after the code was requested; `invalid-user`, `invalid-cursor`.
   */
  readonly start: (options?: StartOptions) => Stop
  /** Reports each error once. */
  readonly onError: OnError
}

/** Creates it. Nothing is read until it is started, and nothing is fetched until the page is done. */
export const createPageCart = ({ environment, read, given, importPart, hasNotices }: PageCartOptions): PageCart => {
  let options = ownOnly(given)
  let code: 'unasked' | 'asked' | 'failed' | 'there' = 'unasked'
  const page = (): PageOptions => ownOnly({ ...read(), ...options })
  const onError = neverThrowing(onceEach((error) => (options.onError ?? logOf(page()))(error)))

  const load = async (who: PageIdentity): Promise<CartEcho> => {
    if (code === 'unasked') code = 'asked'
    try {
      await whenDone()
      const { createFromPage } = await importPart<typeof import('./engine')>('engine')
      const cart = createFromPage(ownOnly({ ...withoutIdentity(page()), ...who, onError }), importPart)
      code = 'there'
      return cart
    } catch (error) {
      code = 'failed'
      throw error
    }
  }

  const cart = createLateCart({ environment, load, onError, events: () => eventNames(options.events) })
  onChange(cart.connection, (connection) => {
    if (code !== 'there') dispatchStatus(connection, options.target)
  })
  if (hasNotices) bringNotices({ cart, environment, importPart, onError, isReady: () => code === 'there' })

  const applyOptions = (more: StartOptions): void => {
    if (code === 'asked' || code === 'there') throw new CartEchoError('invalid-options', TOO_LATE)
    const next = ownOnly({ ...given, ...whatIsGiven(more) })
    readShopper({ ...read(), ...next })
    options = next
    cart.identify(page())
  }

  return {
    cart,
    page,
    onError,
    start: (more) => {
      if (more) applyOptions(more)
      return cart.start()
    },
  }
}

const TOO_LATE = 'Options come too late: the page listens already. Put data-manual on the tag.'

const whatIsGiven = (options: StartOptions): StartOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

// The identity comes from one place, `who`: a mix of two would be nobody's.
const withoutIdentity = ({ user, guest, owner, cursor, enabled, problems, ...rest }: PageOptions): PageOptions => rest

const eventNames = (events: CartEchoOptions['events'] = []): CartEventName[] =>
  events.map((event) => (typeof event === 'string' ? event : event.name) as CartEventName)

// A page that only names a check uses an Echo if one comes; it is no error when none does.
const logOf =
  ({ check, reverb }: PageOptions): OnError =>
  (error) => {
    if (error.code === 'no-echo' && check && !reverb) return
    console.error(`[cart-echo] ${error.code}:`, error)
  }
