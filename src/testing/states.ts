import type { CartEcho } from '../engine/cart-echo'
import { CartEchoError } from '../engine/errors'
import type { PageIdentity } from '../engine/identity'
import { isGiven } from '../engine/settings'
import { type Connection, type ConnectionFact, delayed, type RefusedReason, refused } from '../engine/state'
import type { CheckAnswerName } from './answers'
import type { VirtualClock } from './clock'
import type { FakePage } from './page'
import { insistOnState } from './reasons'
import type { FakeShop } from './shop'
import type { Sockets } from './sockets'

/** What a state is reached by. */
export interface Levers {
  readonly cart: CartEcho
  readonly clock: VirtualClock
  readonly page: FakePage
  readonly shop: FakeShop
  readonly sockets: Sockets
  /** Who looks, as the page was made. */
  readonly identity: PageIdentity
  /** Who is logged in, as the shop was made. */
  readonly owner: string
  readonly hasCheck: boolean
  readonly hasSocket: boolean
}

/** The longest way to a state takes less: a check that is nowhere is believed the third time it says so. */
const REACHED_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 250
const MOST_ROUNDS = 30

/** By what answer of the check a page comes to wait. */
const ANSWER_FOR: Readonly<Partial<Record<string, CheckAnswerName>>> = {
  'check-failed': 'server-error',
  'check-refused': 'locked',
  'check-busy': 'maintenance',
  blocked: 'log-in-page',
}

const REFUSED_ONLY: ReadonlySet<string> = new Set<RefusedReason>([
  'echo-failed',
  'misconfigured',
  'no-echo',
  'no-real-time',
  'no-web-socket',
  'not-authorised',
  'origin-refused',
  'page-expired',
  'unknown-app',
])

/**
 * Brings a page into a state, by what would bring it there: server, check, customer or page life. Ends with the connection, which stays so until something else
 * happens. A page that was not started is started.
 * @throws {CartEchoError} `invalid-options` when this page cannot come there, such as to `polling` without a check.
 */
export const bringInto = async (levers: Levers, name: string, reason: string): Promise<Connection> => {
  const { cart, clock } = levers
  insistOnState(name, reason)
  const isThere = (): boolean => {
    const now = cart.connection.get()
    return now.name === name && now.reason === reason
  }
  if (isThere()) return cart.connection.get()
  makeWell(levers)
  await RECIPES[name]?.(levers, reason)
  for (let passedMs = 0; passedMs < REACHED_WITHIN_MS && !isThere(); passedMs += LOOK_EVERY_MS)
    await clock.advance(LOOK_EVERY_MS)
  if (isThere()) return cart.connection.get()
  const now = cart.connection.get()
  throw new CartEchoError('invalid-options', `It is ${now.name}: ${now.reason}. ${hint(levers, name, reason)}`)
}

const hint = ({ cart, hasCheck, hasSocket, identity, shop }: Levers, name: string, reason: string): string => {
  const now = cart.connection.get().reason
  const isGuest = !isGiven(identity.user) && identity.guest === true
  if (!isGiven(identity.user) && !isGuest) return 'That takes somebody who looks: give a user.'
  if (reason === 'prerendering' || reason === 'no-browser')
    return `A page is that from its beginning: ask for ${reason} before start().`
  if (now === 'other-user') return 'Somebody else is logged in: logIn() as the one the page names.'
  if (reason === 'no-socket') return 'That takes a page without a socket, connect: false, and with a check.'
  if (!hasCheck && (name === 'polling' || reason.startsWith('check-') || reason === 'session-over'))
    return 'That takes a check: leave out check: false.'
  if (isGuest) return 'That takes a channel, and a guest has none: leave out guest: true.'
  if (!hasSocket) return 'That takes a socket: leave out connect: false.'
  if (reason === 'no-broadcasts' && !shop.hasLog) return 'That takes a log: leave out log: false.'
  return `With a check the page polls instead: ask for polling, ${reason}, or give check: false.`
}

/** Takes back what the state before was reached by. */
const makeWell = ({ cart, page, shop, sockets, owner }: Levers): void => {
  const { reason } = cart.connection.get()
  page.be({ hasPage: true, isActivated: true })
  page.wake()
  shop.answer('usual')
  // Whoever is named by the page has to be logged in, or the check says at once that it is somebody else.
  if (shop.owner() === null || reason === 'other-user') shop.logIn(owner)
  sockets.comeBack()
  if (reason === 'prerendering') page.signal('activated')
  // A broadcast proves that they arrive.
  if (reason === 'no-broadcasts') sockets.broadcast('cart.conditions.changed', shop.add(OF_ANOTHER_CART))
}

/** A change that the page passes over. */
const OF_ANOTHER_CART = { cart_echo: { instance: 'cart-echo-testing' } }

/** The customer as a page would name them that is rendered now. */
const renderedNow = ({ identity, shop }: Levers): PageIdentity => ({
  ...identity,
  cursor: identity.cursor === undefined ? undefined : shop.cursor(),
  enabled: true,
})

/** Reasons that the page itself gave, and only a page takes back. */
const BY_IDENTITY: ReadonlySet<string> = new Set([
  'no-user',
  'switched-off',
  'no-browser',
  'page-conflict',
  'other-user',
])

/** Has the page listen, if it does not. */
const open = (levers: Levers): void => {
  const { cart } = levers
  const wasStopped = cart.connection.get().reason === 'not-started'
  if (wasStopped) cart.start()
  const { name, reason } = cart.connection.get()
  if (BY_IDENTITY.has(reason)) cart.identify(renderedNow(levers))
  // What is stuck is tried again by one more start, which is given back.
  else if (!wasStopped && (name === 'refused' || name === 'idle')) cart.start()()
}

/** Has the page listen, from the beginning. */
const openAnew = (levers: Levers): void => {
  const { cart, page } = levers
  const before = cart.connection.get()
  open(levers)
  if (cart.connection.get() !== before) return
  page.signal('frozen')
  page.signal('resumed')
}

const ask = ({ cart }: Levers): void => {
  cart.check().catch(() => undefined)
}

const live = async (levers: Levers): Promise<void> => {
  open(levers)
  await levers.clock.advance(LOOK_EVERY_MS)
}

const sufferFact = async (levers: Levers, fact: ConnectionFact): Promise<void> => {
  await live(levers)
  levers.sockets.refuse(fact)
}

/** The fact by which a socket's trouble is told. */
const troubleOf = (kind: 'waiting' | 'refused', reason: string): ConnectionFact => {
  if (reason === 'socket-lost') return { name: 'socket-lost' }
  if (reason === 'not-loaded')
    return { name: 'delayed', reason, error: new CartEchoError(reason, 'Echo not loaded, in a test.') }
  if (reason === 'no-echo') return { name: 'refused', reason, error: new CartEchoError(reason, 'No Echo, in a test.') }
  const make = kind === 'refused' ? refused : delayed
  return make(reason as Parameters<typeof refused>[0] & Parameters<typeof delayed>[0], { detail: '(in a test)' })
}

type Recipe = (levers: Levers, reason: string) => Promise<void> | void

const RECIPES: Readonly<Record<string, Recipe>> = {
  idle: (levers, reason) => {
    const { cart, page } = levers
    if (reason === 'not-started') return cart.stop()
    if (reason === 'no-browser') page.be({ hasPage: false })
    else
      cart.identify(reason === 'no-user' ? { user: null, enabled: true } : { ...renderedNow(levers), enabled: false })
    if (cart.connection.get().reason === 'not-started') cart.start()
  },
  connecting: (levers, reason) => {
    const { page, sockets, clock } = levers
    if (reason === 'prerendering') {
      page.be({ isActivated: false })
      return open(levers)
    }
    const step = reason === 'loading' ? 'finding-echo' : (reason as 'finding-echo' | 'opening-socket' | 'subscribing')
    sockets.slowDown(step)
    openAnew(levers)
    // A tab that follows shows what the one shows that leads.
    if (reason === 'loading')
      sockets.tell(({ state }) =>
        state({ name: 'shared', connection: { name: 'connecting', reason, sinceMs: clock.nowMs() } }),
      )
  },
  live,
  polling: async (levers, reason) => {
    const { cart, shop, clock } = levers
    if (reason === 'no-socket') return live(levers)
    if (reason !== 'no-broadcasts')
      return sufferFact(levers, troubleOf(REFUSED_ONLY.has(reason) ? 'refused' : 'waiting', reason))
    await live(levers)
    // Two answers of the check with what no broadcast brought, after a first that proves nothing. A check that was busy is left alone for a while.
    for (let round = 0; round < MOST_ROUNDS && cart.connection.get().reason !== reason; round += 1) {
      shop.add(OF_ANOTHER_CART)
      ask(levers)
      await clock.advance(LOOK_EVERY_MS * round)
    }
  },
  waiting: async (levers, reason) => {
    const { shop, sockets, hasSocket } = levers
    const answer = ANSWER_FOR[reason]
    if (!answer || (reason === 'blocked' && hasSocket)) return sufferFact(levers, troubleOf('waiting', reason))
    await live(levers)
    shop.answer(answer, { times: Number.POSITIVE_INFINITY })
    sockets.lose(null)
    ask(levers)
  },
  refused: async (levers, reason) => {
    const { cart, shop, sockets, hasCheck } = levers
    if (reason === 'page-conflict') {
      const problem = new CartEchoError('page-conflict', 'Two data-cart-echo blocks disagree, in a test.')
      // A page that is in conflict with itself says no user.
      cart.identify({ problems: [problem], enabled: true })
      return cart.connection.get().reason === 'not-started' ? void cart.start() : undefined
    }
    await live(levers)
    if (reason === 'session-over') shop.logOut()
    else if (reason === 'other-user' && hasCheck && shop.hasLog) shop.answer('other-user')
    else if (reason === 'other-user') return sockets.tell(({ note }) => note({ name: 'other-user' }))
    else {
      sockets.refuse(troubleOf('refused', reason))
      if (reason !== 'misconfigured') return
      shop.answer('not-found', { times: Number.POSITIVE_INFINITY })
    }
    ask(levers)
  },
}
