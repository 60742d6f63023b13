import { type CartEcho, insistOnCart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import { attempt, ownOnly, readNumber } from '../engine/shape'
import { watchEntries } from '../trace/entries'
import { beaconTo } from './beacon'
import { type Counter, createCounter } from './count'
import type { Figures } from './figures'

/** The options of `measure`. */
export interface MeasureOptions {
  /** Called with what was counted since the last report, when nobody looks at the page any more: when it is hidden, left or closed. Not where nothing was. */
  onReport?: ((figures: Figures) => void) | undefined
  /**
   * An address that is sent the same, as JSON, by `navigator.sendBeacon`: a POST of `text/plain` with cookies, and without a CSRF token, for a beacon has
   * no headers. A `<base href>` of the page is ignored. Default: none.
   */
  beacon?: string | undefined
  /** The share of pages that measure, 0 to 1. Which ones is left to chance, once for each call. Default 1. */
  sample?: number | undefined
  /**
   * When the server rendered this page, in milliseconds since 1970 by its own clock, that of `sent_at_ms`: then the page itself is the first that was sent,
   * and already the first change has something to be compared with. Default: unknown.
   */
  renderedAtMs?: number | undefined
  /** Told what goes wrong, each thing once: `listener-failed`, `beacon-failed`. Default: a warning in the console. */
  onError?: ((error: CartEchoError) => void) | undefined
}

/** A measurement that goes on. */
export interface Measuring {
  /** What was counted since the beginning. Nothing is reported by it. Empty on a page that chance has left out. */
  readonly figures: () => Figures
  /** Reports now what was counted since the last report, such as before a client-side visit, and returns it. */
  readonly report: () => Figures
  /** Reports what is left, and ends it. */
  readonly stop: Stop
}

/**
 * Counts what happens to a page's cart, from now on: what came and by which way, what was dropped, missing, asked, refused and read anew, how the page was
 * fed, and how late changes came. Reports it when the page is hidden, frozen, left or closed, each time what was added since; all reports of all pages add up. No
 * figure has an id, an address or anything of a payload in it. Keeps no page from the back/forward cache. Does nothing on a server. Never throws into the
 * page later on.
 * @throws {CartEchoError} `invalid-options` without the cart, for a `sample` that is not 0 to 1, a `beacon` without an address, or an `onReport` or `onError` that is no function.
 */
export const measure = (
  cart: Pick<CartEcho, 'trace' | 'connection' | 'events'>,
  options: MeasureOptions = {},
): Measuring => {
  insistOnCart(cart, 'measure(cart)')
  const { onReport, beacon, sample: said, renderedAtMs, onError = warn } = ownOnly(options)
  const sample = readNumber(said ?? 1) ?? Number.NaN
  mustBe('a number from 0 to 1', 'sample', said, sample >= 0 && sample <= 1)
  mustBe('an address', 'beacon', beacon, beacon === undefined || (typeof beacon === 'string' && beacon !== ''))
  mustBe('a function', 'onReport', onReport, onReport === undefined || typeof onReport === 'function')
  mustBe('a function', 'onError', onError, typeof onError === 'function')
  if (Math.random() >= sample) return nothingMeasured

  const counter = createCounter(isVisible(), nowMs())
  const reportOnce = onceEach(onError)
  const send = beacon === undefined || !globalThis.document ? null : beaconTo(beacon)

  const report = (): Figures => {
    const figures = counter.take(nowMs())
    if (Object.keys(figures).length === 0) return figures
    try {
      onReport?.(figures)
    } catch (cause) {
      reportOnce(new CartEchoError('listener-failed', `onReport of measure() threw: ${wordsOf(cause)}`, { cause }))
    }
    const failure = send?.(figures)
    if (failure) reportOnce(failure)
    return figures
  }

  const arrivedAtMs = renderedAtMs === undefined ? undefined : pageArrivedAtMs()
  if (renderedAtMs !== undefined && arrivedAtMs !== undefined) counter.rendered(renderedAtMs, arrivedAtMs)
  const stops = [watchEntries(cart, counter.hear, nowMs), watchPage(counter, report)]
  let isStopped = false
  return {
    figures: () => counter.total(nowMs()),
    report,
    stop: () => {
      if (isStopped) return
      isStopped = true
      for (const stop of stops) stop()
      counter.see(false, nowMs())
      report()
    },
  }
}

const mustBe = (expected: string, name: string, said: unknown, is: boolean): void => {
  if (!is) throw new CartEchoError('invalid-options', `measure().${name}: expected ${expected}, got ${wordsOf(said)}.`)
}

const nothing: Figures = Object.freeze({})

const nothingMeasured: Measuring = { figures: () => nothing, report: () => nothing, stop: () => undefined }

const isVisible = (): boolean => globalThis.document?.visibilityState !== 'hidden'

/** By a clock that nobody sets: else whoever sets theirs forward by a day has looked at the page for a day. */
const nowMs = (): number => attempt(() => performance.timeOrigin + performance.now()) || Date.now()

/** When the first byte of this page came, by the page's clock. Undefined where nobody knows. */
const pageArrivedAtMs = (): number | undefined =>
  attempt(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    return entry?.responseStart ? performance.timeOrigin + entry.responseStart : undefined
  })

const watchPage = (counter: Counter, report: () => void): Stop => {
  const { document, window } = globalThis
  if (!document || !window) return () => undefined

  const hear = ({ type }: Event): void => {
    // A page that is left is hidden a moment later, but not in every browser.
    const isSeen = type !== 'pagehide' && isVisible()
    counter.see(isSeen, nowMs())
    if (type === 'pagehide' || type === 'freeze') counter.leave()
    // A prerendered page that nobody has asked for goes without a word.
    const isPrerendered = (document as { prerendering?: unknown }).prerendering === true
    if (!isSeen && !isPrerendered && type !== 'pageshow') report()
  }

  // `pagehide` is the last that is heard of a page, and `freeze` does not bubble
  // (https://developer.chrome.com/docs/web-platform/page-lifecycle-api).
  const all = [
    [document, 'visibilitychange'],
    [document, 'freeze'],
    [window, 'pagehide'],
    [window, 'pageshow'],
  ] as const
  for (const [target, type] of all) target.addEventListener(type, hear)
  return () => {
    for (const [target, type] of all) target.removeEventListener(type, hear)
  }
}

/** The same, each code the first time only: a page may be hidden many times. */
const onceEach = (onError: (error: CartEchoError) => void): ((error: CartEchoError) => void) => {
  const codes = new Set<string>()
  return (error) => {
    if (codes.has(error.code)) return
    codes.add(error.code)
    attempt(() => onError(error))
  }
}

const warn = ({ code, message }: CartEchoError): void => console.warn(`cart-echo: ${code}: ${message}`)
