import type { Call, Handler } from '../http/call'
import { type Place, parseHost } from '../http/host'
import { firstOf } from '../http/routes'
import type { Application } from '../reverb/application'
import type { Publication } from '../reverb/publication'
import { createAdminRoutes } from './admin-routes'
import { createCartRoute } from './cart'
import { type ChannelRule, createChannelAuth } from './channel-auth'
import { type CheckPolicy, createCheck, type Replica } from './check'
import type { LogView } from './log-answer'
import { createDatabaseWork, createMemory, type DatabaseWork, type Memory } from './memory'
import { createOutbox, startSweeper } from './outbox'
import { type Level, ownerOf } from './owner-log'
import { type PageBlock, pageBlock, pageBlockScript } from './page-block'
import { createPromotions, type Promotions } from './promotions'
import { type Broadcast, createBroadcast, createPublish, createTell, type Publish } from './publish'
import { createSessionRoutes } from './session-routes'
import { type Customer, createCallers, createVisitors, type Session, sessionCookies } from './sessions'
import { type ShopState, shopState } from './state'

/** What a shop needs from around it. */
export interface ShopOptions {
  readonly application: Application
  readonly level: Level
  readonly channelRule: ChannelRule
  /** Who a visitor of a page is without logging in; null: nobody. */
  readonly autoLogin: Customer | null
  /** How many entries a log keeps. */
  readonly keptEntries: number
  /** How often the outbox is swept, on level `outbox`. */
  readonly sweepEveryMs: number
  /** Where the server listens. */
  readonly place: Place
  /** The way to the sockets. Gives true when the socket server has taken it. */
  broadcast(publication: Publication): boolean
  sockets(): number
  /** The server's clock. */
  now(): number
  /** What pages are told at the moment. */
  policy(): CheckPolicy
  /** What a log looks like from where the check reads it. */
  replica(view: LogView): Replica
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
export interface Shop extends Promotions, DatabaseWork {
  readonly handle: Handler
  readonly memory: Memory
  readonly publish: Publish
  readonly broadcast: Broadcast
  state(): ShopState
  /** Broadcasts again what did not go out. Gives how many did now. */
  sweep(): number
  /** What the page that answers this call carries. Logs the visitor in, if the shop does that. */
  dress(call: Call): Dress
  /** Ends the sweeper. */
  stop(): void
}

/** A shop that has just opened. */
export const createShop = (options: ShopOptions): Shop => {
  const { level, broadcast, now, sockets } = options
  const memory = createMemory(options)
  const { carts, logs } = memory
  const outbox = createOutbox({ logs, broadcast, now })
  const tell = createTell({ logs, outbox })
  const promotions = createPromotions({ carts, level, tell, now })
  const publish = createPublish({ tell, level })
  const state = (): ShopState => shopState({ carts, logs, outbox, sockets })
  const admin = createAdminRoutes({ promotions, publish, state, ownName: options.place.hostname })

  return {
    ...promotions,
    ...createDatabaseWork(memory),
    memory,
    publish,
    broadcast: createBroadcast(broadcast),
    state,
    sweep: outbox.sweep,
    ...createFront(options, memory, admin),
    stop: level === 'outbox' ? startSweeper(outbox, options.sweepEveryMs) : () => {},
  }
}

/** What browsers see of a shop. */
const createFront = (options: ShopOptions, memory: Memory, admin: Handler): Pick<Shop, 'handle' | 'dress'> => {
  const { application, channelRule: rule } = options
  const { sessions } = memory
  const owner = (customer: Customer): string => ownerOf(application.secret, customer)
  const placeOf = (call: Call): Place => parseHost(call.headers.host) ?? options.place
  const find = createCallers(sessions, options.autoLogin, options.now)
  const parts = { ...options, ...memory, find, ownerOf: owner }
  const blockOf = ({ customer }: Session, call: Call): PageBlock | null =>
    customer && pageBlock(parts, customer, placeOf(call))
  const visit = createVisitors(sessions, options.autoLogin)

  return {
    handle: firstOf([
      createChannelAuth({ application, find, rule }),
      createCheck(parts),
      createCartRoute(parts),
      createSessionRoutes({ sessions, visit, blockOf }),
      admin,
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
