import type { CartEchoOptions } from '../create-cart-echo'
import type { CartEcho } from '../engine/cart-echo'
import type { OnError } from '../engine/emitter'
import { neverThrowing, onceEach } from '../engine/emitter'
import type { Environment, Stop } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import type { CartEventName } from '../engine/events'
import { type PageIdentity, readShopper } from '../engine/identity'
import { onChange } from '../engine/on-change'
import { ownOnly } from '../engine/shape'
import type { PageSettings } from '../page/block'
import { sayStatus } from './early-status'
import type { PageOptions, StartOptions } from './engine'
import { createLateCart } from './late-cart'
import { bringNotices } from './notices'
import type { ImportPart } from './parts'
import { whenDone } from './when-done'

/** What the page's cart is made of. */
export interface PageCartOptions {
  readonly environment: Environment
  /** Reads the page anew. */
  readonly read: () => PageSettings
  /** Options from the tag; those of `start` come over them. */
  readonly given: StartOptions
  readonly importPart: ImportPart
  /** Whether the page is shown notices. */
  readonly hasNotices: boolean
}

/** The cart of a page with the script tag. */
export interface PageCart {
  readonly cart: CartEcho
  /** What the page says, under what `start` was given. */
  readonly page: () => PageOptions
  /**
   * Starts, with options over those of the page: those that are undefined are not given. Misuse among them goes to `onError`, for the code that
   * knows it comes later.
   * @throws {CartEchoError} `invalid-options` when options come after that code was asked for; `invalid-user`, `invalid-cursor`.
   */
  readonly start: (options?: StartOptions) => Stop
  /** Gets each error once. */
  readonly onError: OnError
}

/** Makes it. Nothing is read until it is started, and nothing fetched until the page is done, whoever asks. */
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
    if (code !== 'there') sayStatus(connection, options.target)
  })
  if (hasNotices) bringNotices({ cart, environment, importPart, onError, isReady: () => code === 'there' })

  const take = (more: StartOptions): void => {
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
      if (more) take(more)
      return cart.start()
    },
  }
}

const TOO_LATE = 'Options come too late: the page listens already. Put data-manual on the tag.'

const whatIsGiven = (options: StartOptions): StartOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

// Who looks is one word: half of it from another would be nobody's.
const withoutIdentity = ({ user, guest, owner, cursor, enabled, problems, ...rest }: PageOptions): PageOptions => rest

const eventNames = (events: CartEchoOptions['events'] = []): CartEventName[] =>
  events.map((event) => (typeof event === 'string' ? event : event.name) as CartEventName)

// Where a page says only where to ask, an Echo is used that may come, but nothing is wrong when none does.
const logOf =
  ({ check, reverb }: PageOptions): OnError =>
  (error) => {
    if (error.code === 'no-echo' && check && !reverb) return
    console.error(`[cart-echo] ${error.code}:`, error)
  }
