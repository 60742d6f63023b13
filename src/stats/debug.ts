import { type CartEcho, insistOnCart } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { insistOnFunction } from '../engine/errors'
import { attempt, ownOnly } from '../engine/shape'
import { type Entry, watchEntries } from '../trace/entries'

/** The options of `debug`. */
export interface DebugOptions {
  /** The key of `localStorage` that switches it on. Default `cart-echo:debug`. */
  key?: string | undefined
  /** Told each line, and a payload where that is asked for. Default: `console.log`. */
  log?: ((line: string, ...more: unknown[]) => void) | undefined
}

/**
 * Prints a line for each thing that happens to a page's cart, while `localStorage` has a value under `cart-echo:debug`, on a live shop, too. In the console:
 * `localStorage['cart-echo:debug'] = 1` begins it at once, without a reload; with `'payloads'` in the place of 1 each broadcast is printed with what is in it.
 * `delete localStorage['cart-echo:debug']` ends it. It goes for all pages of the origin in this browser that call `debug`, and for nobody else's.
 *
 * Returns what ends it. Where the storage cannot be read (a sandboxed frame, blocked cookies, a server) nothing is printed.
 * @throws {CartEchoError} `invalid-options` without the cart, and for a `log` that is no function.
 */
export const debug = (cart: Pick<CartEcho, 'trace' | 'connection' | 'events'>, options: DebugOptions = {}): Stop => {
  insistOnCart(cart, 'debug(cart)')
  const { key = 'cart-echo:debug', log = print } = ownOnly(options)
  insistOnFunction('debug().log', log)
  return watchEntries(cart, (entry) => {
    // Read for each line: it is cheap, there are few, and nothing tells a page what its own console has stored.
    const wanted = attempt(() => globalThis.localStorage?.getItem(key))
    if (!wanted) return
    const payload = wanted === 'payloads' && entry.name === 'heard' ? [entry.payload] : []
    attempt(() => log(lineOf(entry), ...payload))
  })
}

/** An entry in words: `cart-echo told e1:2 cart.conditions.changed by socket`. */
export const lineOf = (entry: Entry): string =>
  ['cart-echo', entry.name, ...wordsOf(entry)].filter((word) => word !== null && word !== '').join(' ')

const wordsOf = (entry: Entry): readonly (string | number | null)[] => {
  switch (entry.name) {
    case 'heard':
    case 'told':
      return [entry.place, entry.event, `by ${entry.way}`]
    case 'duplicate':
    case 'unreadable':
    case 'other-cart':
    case 'gap':
      return [entry.place, entry.event]
    case 'asked':
      return [entry.since && `since ${entry.since}`]
    case 'answered':
      return [entry.place, `${entry.events} events`, entry.tookMs === null ? 'to another tab' : `in ${entry.tookMs} ms`]
    case 'unanswered':
      return [entry.error && `${entry.error.code}: ${entry.error.message}`, `after ${entry.tookMs} ms`]
    case 'refresh':
      return [entry.phase]
    case 'connection':
      return [`${entry.connection.name}: ${entry.connection.reason}`]
    case 'tabs':
    case 'handed-over':
      return [leaderOf(entry.tabs), `of ${entry.tabs.others.length + 1} tabs`]
    case 'error':
      return [`${entry.error.code}: ${entry.error.message}`]
    default:
      return []
  }
}

const leaderOf = ({ leader, self }: { readonly leader: string | null; readonly self: string }): string => {
  if (leader === null) return 'nobody leads'
  return leader === self ? 'this one leads' : 'another leads'
}

// console.log is looked up at each call: instrumentation may replace it later.
const print = (line: string, ...more: unknown[]): void => console.log(line, ...more)
