import type { CartEcho } from '../core/cart-echo'
import type { OnError } from '../core/emitter'
import type { Stop } from '../core/environment'
import { CartEchoError } from '../core/errors'
import type { CartEventName } from '../core/events'
import type { PageIdentity } from '../core/shopper'
import type { CartEchoOptions } from '../create-cart-echo'
import type { PageSettings } from '../dom/page'
import type { PageOptions } from './engine'
import { createLateCart } from './late-cart'
import type { ImportPart } from './parts'
import { whenDone } from './when-done'

/** What the page's cart is made of. */
export interface PageCartOptions {
  /** Reads the page anew. */
  readonly read: () => PageSettings
  /** Options from the tag; those of `start` come over them. */
  readonly given: Partial<CartEchoOptions>
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
   * Starts, with options over those of the page; misuse among them goes to `onError`, for the code that knows it comes later.
   * @throws {CartEchoError} `invalid-options` when options come after that code was asked for.
   */
  readonly start: (options?: Partial<CartEchoOptions>) => Stop
  /** Fetches again what could not be fetched, where it is still needed. */
  readonly tryAgain: () => void
  readonly onError: OnError
}

/** Makes it. Nothing is read until it is started, and nothing fetched until the page is done, whoever asks. */
export const createPageCart = ({ read, given, importPart, hasNotices }: PageCartOptions): PageCart => {
  let options = given
  let isAsked = false
  const page = (): PageOptions => ({ ...read(), ...options })
  // One that throws has nowhere left to be reported to.
  const onError: OnError = (error) => {
    try {
      ;(options.onError ?? logOf(page()))(error)
    } catch {}
  }
  const notices = createNotices(() => late.cart, importPart, onError)

  const load = async (who: PageIdentity): Promise<CartEcho> => {
    isAsked = true
    try {
      await whenDone()
      const { createFromPage } = await importPart<typeof import('./engine')>('engine')
      const cart = createFromPage({ ...page(), ...who, onError }, importPart)
      if (hasNotices) notices.want()
      return cart
    } catch (error) {
      isAsked = false
      throw error
    }
  }

  const late = createLateCart({ load, onError, events: () => eventNames(options.events) })

  return {
    cart: late.cart,
    page,
    onError,
    start: (more) => {
      if (more && isAsked) throw new CartEchoError('invalid-options', TOO_LATE)
      if (more) {
        options = { ...given, ...more }
        late.cart.identify(page())
      }
      return late.cart.start()
    },
    tryAgain: () => {
      late.tryAgain()
      notices.tryAgain()
    },
  }
}

const TOO_LATE = 'Options come too late: the page listens already. Put data-manual on the tag.'

const eventNames = (events: CartEchoOptions['events'] = []): CartEventName[] =>
  events.map((event) => (typeof event === 'string' ? event : event.name))

// Where a page says only where to ask, an Echo is used that may come, but nothing is wrong when none does.
const logOf =
  ({ check, reverb }: PageOptions): OnError =>
  (error) => {
    if (error.code === 'no-echo' && check && !reverb) return
    console.error(`[cart-echo] ${error.code}:`, error)
  }

/** Fetches what shows notices, once it is wanted, and again where that failed. */
const createNotices = (cartOf: () => CartEcho, importPart: ImportPart, onError: OnError) => {
  let state: 'unwanted' | 'wanted' | 'fetched' = 'unwanted'
  const fetch = (): void => {
    if (state !== 'wanted') return
    state = 'fetched'
    importPart<typeof import('../elements/notice')>('notice').then(
      ({ showNotices }) => void showNotices(cartOf()),
      (error) => {
        state = 'wanted'
        onError(error)
      },
    )
  }
  return {
    want: () => {
      if (state === 'unwanted') state = 'wanted'
      fetch()
    },
    tryAgain: fetch,
  }
}
