import { reverb } from '../../../src/connections/reverb'
import { createCartEcho, readPage } from '../../../src/index'
import { lineOf } from '../../../src/inspector/line'
import { watchEntries } from '../../../src/trace/entries'
import { watchWindow } from './watched'

/** What a page of the soak says of itself. */
export interface PageReport {
  /** Another one for each document. */
  readonly id: string
  /** Where it stood when it was rendered. */
  readonly from: string
  /** The keys of the changes it was told, oldest first: `epoch:seq`. */
  readonly told: readonly string[]
  /** How much of that was before each reset, and the place that it led to. */
  readonly resets: readonly { readonly after: number; readonly to: string }[]
  readonly total: string
  /** The place that the cart it shows was read at; null when it cannot be known. */
  readonly shownAt: string | null
  readonly connection: string
  readonly isStale: boolean
  readonly errors: readonly string[]
  readonly thrown: readonly string[]
  readonly openSockets: number
  readonly socketStates: readonly number[]
  readonly timers: number
}

/** What the soak does with a page. */
export interface SoakPage {
  readonly report: () => PageReport
  /** The newest lines of its trace. */
  readonly trace: () => readonly string[]
  readonly setClock: (byMs: number) => void
  readonly stop: () => void
  readonly start: () => void
  /** As a component does that is taken out and put in again. */
  readonly restart: () => void
  readonly check: () => void
}

declare global {
  interface Window {
    soak: SoakPage
  }
}

const TRACE_LINES = 400

const watched = watchWindow()
const page = readPage()
const shop = document.documentElement.dataset.shop ?? ''
const withCookies = { credentials: 'include' } as const
const told: string[] = []
const errors: string[] = []
const resets: { after: number; to: string }[] = []
let answeredAt = ''
const lines: string[] = []
const started = performance.now()
let total = document.querySelector('#total')?.textContent ?? ''
let shownAt: string | null = page.cursor ?? null

const cart = createCartEcho({
  ...page,
  connect: reverb({ key: '', ...page.reverb, auth: { endpoint: `${shop}/broadcasting/auth`, ...withCookies } }),
  check: { url: `${shop}/api/cart/check-updates`, ...withCookies },
  onError: (error) => errors.push(`${error.code}: ${error.cause ?? ''}`),
})
watchEntries(
  cart,
  (entry) => {
    lines.push(`${Math.round(performance.now() - started)} ${lineOf(entry)}`)
    if (lines.length > TRACE_LINES) lines.shift()
    if (entry.name === 'answered') answeredAt = entry.place ?? ''
    if (entry.name === 'reset') resets.push({ after: told.length, to: answeredAt })
  },
  () => Date.now(),
)
cart.on('cart.conditions.changed', ({ changes }, { key }) => {
  told.push(key)
  total = changes.new_total ?? total
})
cart.onRefresh(async ({ signal }) => {
  const answer = await fetch(`${shop}/api/cart`, { ...withCookies, signal, cache: 'no-store' })
  if (!answer.ok) throw new Error(`The cart answered ${answer.status}.`)
  const read = await answer.json()
  total = read.cart.total
  shownAt = read.cursor
  return read.cursor
})
cart.start()

window.soak = {
  report: () => ({
    id: `${performance.timeOrigin}`,
    from: page.cursor ?? '',
    told,
    resets,
    total,
    shownAt,
    connection: `${cart.connection.get().name}: ${cart.connection.get().reason}`,
    isStale: cart.news.get().stale,
    errors,
    thrown: watched.thrown,
    openSockets: watched.openSockets(),
    socketStates: watched.socketStates(),
    timers: watched.timers(),
  }),
  trace: () => lines,
  setClock: watched.setClock,
  stop: () => cart.stop(),
  start: () => void cart.start(),
  restart: () => {
    cart.stop()
    cart.start()
  },
  check: () => void cart.check().catch(() => undefined),
}
