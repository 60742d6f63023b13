import type { Call, Handler } from '../http/call'
import { type Place, parseHost } from '../http/host'
import { firstOf } from '../http/routes'
import type { Application } from '../reverb/application'
import type { Publication } from '../reverb/publication'
import { createAdminRoutes } from './admin-routes'
import { createCartRoute } from './cart-route'
import { createCarts } from './carts'
import { createChannelAuth } from './channel-auth'
import { createCheck } from './check'
import type { Customer } from './customers'
import type { Level } from './level'
import { createLogBook } from './log-book'
import { ownerOf } from './owner'
import { type PageBlock, pageBlock, pageBlockScript } from './page-block'
import { createPromotions, type Promotions } from './promotions'
import { createPublish, createTell, type Publish } from './publish'
import { createSessionRoutes } from './session-routes'
import { createSessions, type Session, sessionCookies } from './sessions'
import { type ShopState, shopState } from './state'
import { createVisitors } from './visitors'

/** What a shop needs from around it. */
export interface ShopOptions {
  readonly application: Application
  readonly level: Level
  /** Who a visitor of a page is without logging in; null: nobody. */
  readonly autoLogin: Customer | null
  /** Where the server listens. */
  readonly place: Place
  /** The way to the sockets. */
  broadcast(publication: Publication): void
  sockets(): number
}

/** What a served page carries of its visitor. */
export interface Dress {
  /** The page block's script element; empty when nobody is logged in. */
  readonly block: string
  readonly csrfToken: string
  /** `Set-Cookie` headers; empty when the browser has them. */
  readonly cookies: readonly string[]
  /** Where the browser reached us. */
  readonly place: Place
}

/** A cart shop with customers, carts, promotions and a log of every change. */
export interface Shop extends Promotions {
  readonly handle: Handler
  readonly publish: Publish
  state(): ShopState
  /** What the page that answers this call carries. Logs the visitor in, if the shop does that. */
  dress(call: Call): Dress
}

/** A shop that has just opened. */
export const createShop = (options: ShopOptions): Shop => {
  const { application, level, autoLogin, broadcast } = options
  const [carts, logs, sessions] = [createCarts(), createLogBook(), createSessions()]
  const owner = (customer: Customer): string => ownerOf(application.secret, customer)
  const placeOf = (call: Call): Place => parseHost(call.headers.host) ?? options.place
  const blockOf = ({ customer }: Session, call: Call): PageBlock | null =>
    customer && pageBlock({ application, level, logs, ownerOf: owner }, customer, placeOf(call))

  const tell = createTell({ logs, broadcast })
  const promotions = createPromotions({ carts, level, tell })
  const state = (): ShopState => shopState(carts, logs, options.sockets())
  const visit = createVisitors(sessions, autoLogin)

  return {
    ...promotions,
    publish: createPublish({ tell, level }),
    state,
    handle: firstOf([
      createChannelAuth({ application, sessions }),
      createCheck({ level, sessions, logs, ownerOf: owner }),
      createCartRoute({ level, sessions, carts, logs }),
      createSessionRoutes({ sessions, blockOf }),
      createAdminRoutes({ promotions, state, ownName: options.place.hostname }),
    ]),
    dress: (call) => {
      const { session, isNew } = visit(call)
      const block = blockOf(session, call)
      return {
        block: block ? pageBlockScript(block) : '',
        csrfToken: session.csrfToken,
        cookies: isNew ? sessionCookies(session) : [],
        place: placeOf(call),
      }
    },
  }
}
