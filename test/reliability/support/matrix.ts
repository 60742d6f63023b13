import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished } from 'vitest'
import type { CartEchoBlock } from '../../../src/engine/events'
import { type FaultProxy, type Seen, type StartServerOptions, startFaultProxy } from '../../../src/server'
import { type Cart, formatMoney, totalsOf } from '../../../src/server/shop/cart'
import { type Clock, finished, heldClock, realClock } from '../../support/held-clock'
import { openShop, type Shop } from '../../support/shop'
import { openShopperPage, type ShopperPage, type ShopperPageOptions, totalOf } from '../../support/shopper-page'
import { watchWires } from '../../support/wires'

export { finished } from '../../support/held-clock'

/** A shop with one page open, on a clock. */
export interface Stage extends Clock {
  readonly shop: Shop
  readonly page: ShopperPage
  /** What stands between the page's socket and Reverb. */
  readonly proxy: FaultProxy
  /** One change of this customer's cart. */
  readonly publish: () => void
  /** How the page is fed, and why so. */
  readonly fed: () => string
  /** The customer logs in again: the page's requests have the new session from now on. */
  readonly logIn: (customer?: number) => Promise<void>
  /** All changes of this cart since the page was opened, as the shop calls them, in its order. */
  readonly logged: () => readonly string[]
  /** What the server would show. */
  readonly total: () => string
  readonly cookie: () => string
  /** Opens one more page, on the same clock. */
  readonly open: (options?: Setting['page']) => Promise<ShopperPage>
}

/** How a stage is set. */
export interface Setting {
  /** @default held */
  readonly clock?: 'real' | 'held' | undefined
  readonly shop?: StartServerOptions | undefined
  readonly page?: ShopperPageOptions | ((venue: Venue) => ShopperPageOptions) | undefined
  /** A test that runs beside another says here which of them it is. @default the one that runs */
  readonly onFinished?: typeof onTestFinished | undefined
}

/** Where a page is opened. */
export interface Venue {
  readonly shop: Shop
  readonly proxy: FaultProxy
  readonly cookie: string
}

/** One row of docs/reliability.md: a fault, and what is expected of the page. */
export interface Trial extends Setting {
  /** Names the row, and the file of its figures. */
  readonly row: string
  /** How the page is fed before the fault. @default live: subscribed */
  readonly fed?: string | undefined
  readonly fault: (stage: Stage) => unknown
  /** The change that falls into it. @default one of this cart */
  readonly change?: ((stage: Stage) => unknown) | undefined
  /** What happens while it lasts, once that change was made. */
  readonly during?: ((stage: Stage) => unknown) | undefined
  /** What the page says of itself while the fault lasts, sooner or later. */
  readonly meanwhile?: string | undefined
  /** How soon it says so, where something slower would find out too. @default sooner or later */
  readonly withinMs?: number | undefined
  /** How long the fault lasts after that. @default 0 */
  readonly lastsMs?: number | undefined
  /** Ends the fault. @default every fault is lifted */
  readonly mend?: ((stage: Stage) => unknown) | undefined
  /** How the page is fed afterwards. @default as before */
  readonly fedAgain?: string | undefined
  /** The codes of the errors reported, each once. @default none */
  readonly reports?: readonly string[] | undefined
  /** Codes that may come beside them, for two requests are under way and either may be answered first. */
  readonly mayReport?: readonly string[] | undefined
  /** What it costs, where that is the point. @default within bounds */
  readonly requests?: Partial<Requests> | undefined
  /** Ends what is the page's own, once cart-echo has stopped. */
  readonly close?: (() => unknown) | undefined
  /** True where the log lost its past: what was missed is not told, the cart is read anew. */
  readonly isReset?: boolean | undefined
}

/** What a trial measured. Times are in milliseconds of its clock. */
export interface Figures {
  readonly clock: 'real' | 'held'
  /** Changes that were logged and never told; null where the log lost its past. */
  readonly lost: number | null
  readonly twice: number
  readonly outOfOrder: number
  /** From the fault until two seconds after the page was right, as the server saw them. */
  readonly requests: Requests
  /** From the change made during the fault until it was told; null where it never was. */
  readonly toldMs: number | null
  /** From then until the page showed the total after it, or after a later one. */
  readonly shownMs: number | null
  /** From the end of the fault, and a change made then, until all is told, shown, and fed as it should be. */
  readonly rightMs: number
}

interface Requests {
  readonly upgrades: number
  readonly auth: number
  readonly checks: number
  readonly carts: number
}

const CUSTOMER = 1
const EVENT = 'cart.conditions.changed'
const LIVE = 'live: subscribed'
const FIGURES = new URL('../../../node_modules/.cache/cart-echo/reliability/', import.meta.url)
/** So long after everything is right, requests are still counted. */
const AFTERMATH_MS = 2_000
/** A page that is hit by a fault may ask so often, and once a second more. */
const MOST_REQUESTS = 20

/** Opens a shop and a page. Closes both with the test. */
export const openStage = async ({ clock: kind = 'held', ...setting }: Setting = {}): Promise<Stage> => {
  const { onFinished = onTestFinished } = setting
  const wires = kind === 'held' ? watchWires() : null
  const shop = await openShop(setting.shop)
  const { host, port } = shop.server.reverb
  const proxy = await startFaultProxy({ target: { host, port } })
  let cookie = (await shop.logIn(CUSTOMER)).Cookie
  const pages: ShopperPage[] = []
  const clock = wires ? heldClock(wires) : realClock()
  onFinished(async () => {
    for (const page of pages) {
      page.cart.stop()
      page.echo?.disconnect()
    }
    await Promise.all([shop.server.close(), proxy.close()])
    clock.release()
  })
  const before = idsIn(shop)
  const open = async (more?: Setting['page']): Promise<ShopperPage> => {
    const options = typeof more === 'function' ? more({ shop, proxy, cookie }) : more
    const page = await openShopperPage(shop.server, cookie, { socketPort: proxy.port, onFinished, ...options })
    pages.push(page)
    return page
  }
  const page = await open(setting.page)
  const known = new Set<string>()
  const logged = (): readonly string[] => {
    // A log that is pruned later had them all the same.
    for (const id of idsIn(shop)) if (!before.includes(id)) known.add(id)
    return [...known]
  }
  return {
    ...clock,
    shop,
    page,
    proxy,
    publish: () => {
      changeCart(shop)
      logged()
    },
    fed: () => `${page.connection().name}: ${page.connection().reason}`,
    logIn: async (customer = CUSTOMER) => {
      cookie = (await shop.logIn(customer)).Cookie
      page.setCookie(cookie)
    },
    logged,
    total: () => totalIn(shop),
    open,
    cookie: () => cookie,
  }
}

/**
 * Puts a page through a fault: one change before it, one while it lasts, one when it is over. Some time after that the page must show
 * the server's total, have told every change once and in order, be fed as it should be and, stopped, have nothing under way any more.
 */
export const undergo = async (trial: Trial): Promise<Figures & { readonly stage: Stage }> => {
  const stage = await openStage(trial)
  const { page, shop } = stage
  await beRightBefore(stage, trial)
  shop.server.seen({ reset: true })
  const saidBefore = page.states.length
  const times = { ...(await breakDown(stage, trial)), ...(await recover(stage, trial)) }
  await stage.pass(AFTERMATH_MS)
  const figures = measure(stage, trial, times)
  const said = page.states.slice(saidBefore)

  expect(figures, 'what was told').toMatchObject({ lost: trial.isReset ? null : 0, twice: 0, outOfOrder: 0 })
  const codes = page.errors.map(({ code }) => code).filter((code) => !trial.mayReport?.includes(code))
  expect(codes.sort()).toEqual([...(trial.reports ?? [])].sort())
  expect(figures.requests, 'what it cost').toMatchObject(trial.requests ?? {})
  const passedMs = times.rightAtMs - times.brokenAtMs
  expect(allOf(figures.requests), `requests in ${passedMs} ms`).toBeLessThan(MOST_REQUESTS + passedMs / 1_000)
  await expectStillRight(stage)
  await expectNothingLeft(stage, trial.close)
  record(trial.row, { ...figures, said })
  return { ...figures, stage }
}

const beRightBefore = async (stage: Stage, { fed = LIVE }: Trial): Promise<void> => {
  const { page, until } = stage
  await until(`it is ${fed}`, () => stage.fed() === fed)
  stage.publish()
  await until('it is right before the fault', () => isRight(stage) && page.refreshes.length > 0)
}

/** When what happened, in milliseconds of the clock, and which change fell into the fault. */
interface Times {
  readonly brokenAtMs: number
  readonly changedAtMs: number
  readonly changed: string | undefined
  readonly totalBefore: string | null
  readonly mendedAtMs: number
  readonly rightAtMs: number
}

type Breakdown = Pick<Times, 'brokenAtMs' | 'changedAtMs' | 'changed' | 'totalBefore'>

const breakDown = async (stage: Stage, trial: Trial): Promise<Breakdown> => {
  const { fault, change = ({ publish }) => publish(), during, meanwhile, withinMs, lastsMs = 0 } = trial
  const { states, shown } = stage.page
  const saidBefore = states.length
  const brokenAtMs = Date.now()
  await fault(stage)
  const loggedBefore = stage.logged().length
  const [changedAtMs, totalBefore] = [Date.now(), shown()]
  change(stage)
  const changed = stage.logged()[loggedBefore]
  await during?.(stage)
  const says = (): boolean => meanwhile === undefined || states.slice(saidBefore).includes(meanwhile)
  await stage.until(`it says ${meanwhile}`, says, withinMs)
  await stage.pass(lastsMs)
  return { brokenAtMs, changedAtMs, changed, totalBefore }
}

const recover = async (stage: Stage, trial: Trial): Promise<Pick<Times, 'mendedAtMs' | 'rightAtMs'>> => {
  const { mend = liftAll, isReset = false, fedAgain = trial.fed ?? LIVE } = trial
  await mend(stage)
  const mendedAtMs = Date.now()
  stage.publish()
  const isWell = isReset ? isShown : isRight
  await stage.until(`it is right again, and ${fedAgain}`, () => stage.fed() === fedAgain && isWell(stage))
  return { mendedAtMs, rightAtMs: Date.now() }
}

const measure = (stage: Stage, { clock = 'held', isReset = false }: Trial, times: Times): Figures => {
  const { heard, showings } = stage.page
  const { changed, changedAtMs, totalBefore, mendedAtMs, rightAtMs } = times
  const since = (atMs: number | undefined): number | null => (atMs === undefined ? null : atMs - changedAtMs)
  return {
    clock,
    ...toldOf(stage, isReset),
    requests: requestsOf(stage.shop.server.seen()),
    toldMs: since(heard.find(({ id }) => id === changed)?.atMs),
    shownMs: since(showings.find(({ total, atMs }) => atMs >= changedAtMs && total !== totalBefore)?.atMs),
    rightMs: rightAtMs - mendedAtMs,
  }
}

const allOf = ({ upgrades, auth, checks, carts }: Requests): number => upgrades + auth + checks + carts

const liftAll = async ({ shop, proxy }: Stage): Promise<void> => {
  shop.server.faults.clear()
  await proxy.clear()
}

/** The page shows what the server has, and its check finds nothing more. */
export const expectStillRight = async (stage: Stage): Promise<void> => {
  const { page, shop } = stage
  const { found } = await finished(stage, page.cart.check())
  expect(found, 'what was left to be found').toBe(0)
  expect(page.shown(), 'the total on the page').toBe(await totalOf(shop.server, stage.cookie()))
  expect(page.cart.news.get().stale).toBe(false)
}

/** A page that stops leaves no socket, timer, listener or request. */
export const expectNothingLeft = async (stage: Stage, close: () => unknown = () => undefined): Promise<void> => {
  const { page, shop, until } = stage
  await finished(stage, liftAll(stage))
  page.cart.stop()
  close()
  page.echo?.disconnect()
  await until('nothing is left', () => shop.server.sockets() === 0 && page.left().requests === 0)
  expect(page.left()).toEqual({ timers: 0, listeners: 0, requests: 0 })
}

/** Everything logged was told, and the page shows what the server has. */
export const isRight = (stage: Stage): boolean => {
  const told = new Set(stage.page.heard.map(({ id }) => id))
  return isShown(stage) && stage.logged().every((id) => told.has(id))
}

/** The page shows what the server has, and knows it. */
export const isShown = ({ page, total }: Stage): boolean => page.shown() === total() && !page.cart.news.get().stale

/** Writes a row's figures down, for docs/reliability.md, if `CART_ECHO_MATRIX` is set. */
export const record = (row: string, figures: object): void => {
  if (!process.env.CART_ECHO_MATRIX) return
  mkdirSync(FIGURES, { recursive: true })
  writeFileSync(new URL(`${row}.json`, FIGURES), `${JSON.stringify({ row, ...figures }, null, 2)}\n`)
}

const toldOf = ({ page, logged }: Stage, isReset: boolean): Pick<Figures, 'lost' | 'twice' | 'outOfOrder'> => {
  const told = page.heard.map(({ id }) => id)
  const places = told.map((id) => logged().indexOf(id))
  return {
    lost: isReset ? null : logged().filter((id) => !told.includes(id)).length,
    twice: told.length - new Set(told).size,
    outOfOrder: places.filter((place, index) => place < Math.max(-1, ...places.slice(0, index))).length,
  }
}

const requestsOf = ({ upgrades, auth, checks, carts }: Seen): Requests => ({
  upgrades,
  auth: sumOf(auth),
  checks: sumOf(checks),
  carts: sumOf(carts),
})

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

// Past the server's own answers, which a fault may spoil.
const idsIn = ({ server }: Shop): readonly string[] => {
  const { views } = server.shop.backup().logs
  const entries = views.find(({ customer }) => customer.id === CUSTOMER)?.view.entries ?? []
  return entries.filter(({ event }) => event === EVENT).flatMap(idsOf)
}

const knownIds = new WeakMap<object, readonly string[]>()

// Asked for after every step of the clock, and a log may be long.
const idsOf = (entry: { readonly data: string }): readonly string[] => {
  const ids = knownIds.get(entry) ?? idOf(JSON.parse(entry.data))
  knownIds.set(entry, ids)
  return ids
}

// What nobody can read is not told.
const idOf = ({ message, cart_echo }: { message: unknown; cart_echo?: CartEchoBlock }): string[] => {
  const { id, instance = 'default' } = cart_echo ?? {}
  return id && instance === 'default' && typeof message === 'string' ? [String(id)] : []
}

// Round and round through four carts, no two of which cost the same.
const changeCart = (shop: Shop): void => {
  const { applyToAll, removeFromAll } = shop.server.shop
  const [hasSale, hasMemberPrice] = ['raya-sale', 'member-price'].map((name) =>
    cartIn(shop).conditions.some((condition) => condition.name === name),
  )
  if (hasSale && !hasMemberPrice) removeFromAll('raya-sale')
  else if (hasSale) removeFromAll('member-price')
  else if (hasMemberPrice) applyToAll('raya-sale')
  else applyToAll('member-price')
}

const totalIn = (shop: Shop): string => formatMoney(totalsOf(cartIn(shop)).total)

const cartIn = ({ server }: Shop): Cart => {
  const carts = server.shop.backup().carts
  const mine = carts.find(({ customer, cart }) => customer.id === CUSTOMER && cart.instance === 'default')
  if (!mine) throw new Error('The customer has no cart.')
  return mine.cart
}
