import { fileURLToPath } from 'node:url'
import type { Id } from '../engine/events'
import { CartEchoServerError } from './errors'
import { isObject } from './http/call'
import type { Application } from './reverb/application'
import type { ChannelRule } from './shop/channel-auth'
import type { PolicyChange } from './shop/check'
import { isLevel, type Level } from './shop/owner-log'

/** How a server is started. Everything can be left out. */
export interface StartServerOptions {
  /** @default 0: any free port */
  readonly port?: number | undefined
  /** There is no admin log-in: on any other than a loopback address everyone near can reach it. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** @default `{ id: '1001', key: 'cart-echo-key' }` and a random secret */
  readonly app?: Application | undefined
  /** Further applications on the same Reverb. The shop publishes in the first, `app`. @default none */
  readonly apps?: readonly Application[] | undefined
  /** The largest publish, in bytes of the whole HTTP request; a larger one reaches nobody. @default 10,000 */
  readonly maxRequestSize?: number | undefined
  /** @default 'log' */
  readonly level?: Level | undefined
  /** Who a visitor of a page, of `/session` or of the API is without logging in, until they log out; null: nobody. @default null */
  readonly autoLogin?: Id | null | undefined
  /** How the ids of private channels are compared with the customer's. @default 'exact' */
  readonly channelRule?: ChannelRule | undefined
  /** Other origins whose pages may call shop and check with credentials, such as `http://127.0.0.1:5173`. @default none */
  readonly allowedOrigins?: readonly string[] | undefined
  /**
   * What check and page block tell pages beside the news.
   * @default `{ enabled: true, pollMs: 30_000, auditMs: 300_000, resetSpreadMs: 2_000 }`
   */
  readonly policy?: PolicyChange | undefined
  /** How many entries a customer's log keeps; who is further behind is told to reset. @default 1,000 */
  readonly keepEntries?: number | undefined
  /** How often a server of level `outbox` broadcasts again what did not go out, in milliseconds. @default 30,000 */
  readonly sweepMs?: number | undefined
  /** The folder pages are served from. @default the demo shop that comes with the package */
  readonly pages?: string | URL | undefined
  /**
   * Headers of pages, over those they have: to try a page under the `Content-Security-Policy` of your shop, or as the browser may keep it.
   * @default `Cache-Control: no-store`, and a policy without inline scripts and styles and without other hosts
   */
  readonly pageHeaders?: Readonly<Record<string, string>> | undefined
  /** Hears a line about everything that happens. @default silence */
  readonly onLog?: ((line: string) => void) | undefined
}

/** What an option should be, and whether a value is that. */
type Expected = readonly [words: string, isFit: (value: unknown) => boolean]

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isListOf =
  (isFit: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    // A hole is an undefined here.
    Array.isArray(value) && [...value].every(isFit)

// What is counted may be without an end; what is waited for may not: a longer timer runs at once.
const isCount = (value: unknown): boolean => isWhole(value) || value === Number.POSITIVE_INFINITY
const LONGEST_MS = 0x7fffffff

/** True for an origin as a browser writes it: any other, such as one with a slash at its end, would never be met. */
const isOrigin = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:null|[a-z][a-z\d+.-]*:\/\/[^/?#\sA-Z]+)$/.test(value)

/** True for the URL of a folder, of whichever class: a test in jsdom has another than Node. */
const isFolderUrl = (value: unknown): boolean => {
  if (!isObject(value)) return false
  try {
    return fileURLToPath(value as unknown as URL) !== ''
  } catch {
    return false
  }
}

const POLICY: Readonly<Record<keyof PolicyChange, (value: unknown) => boolean>> = {
  enabled: (value) => typeof value === 'boolean',
  pollMs: isWhole,
  auditMs: isWhole,
  resetSpreadMs: isWhole,
}

const isPolicy = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(
    ([name, said]) => Object.hasOwn(POLICY, name) && (said === undefined || POLICY[name as keyof PolicyChange](said)),
  )

const isApplication = (value: unknown): boolean =>
  isObject(value) && ['id', 'key', 'secret'].every((name) => isText(value[name]))
const APPLICATION = 'id, key and secret'

const EXPECTED: Readonly<Record<keyof StartServerOptions, Expected>> = {
  port: ['0 to 65535', (value) => isWhole(value) && (value as number) < 65_536],
  host: ['a host, such as 127.0.0.1', isText],
  app: [APPLICATION, isApplication],
  apps: [`a list of applications: ${APPLICATION}`, isListOf(isApplication)],
  maxRequestSize: ['a number of bytes', isCount],
  level: ['guide, log or outbox', (value) => typeof value === 'string' && isLevel(value)],
  // Who that is, is looked at where the customers are.
  autoLogin: ['the id of a customer, or null', (value) => value === null || isWhole(value) || isText(value)],
  channelRule: ['exact or stock', (value) => value === 'exact' || value === 'stock'],
  allowedOrigins: ['a list of origins, such as http://127.0.0.1:5173', isListOf(isOrigin)],
  policy: ['an object of enabled, pollMs, auditMs and resetSpreadMs: true or false, and milliseconds', isPolicy],
  keepEntries: ['a number of entries', isCount],
  sweepMs: [
    `milliseconds, 1 to ${LONGEST_MS}`,
    (value) => isWhole(value) && (value as number) > 0 && (value as number) <= LONGEST_MS,
  ],
  // It may be built later.
  pages: ['the path of a folder', (value) => isText(value) || isFolderUrl(value)],
  // Its names and values are looked at where they are used.
  pageHeaders: ['an object of header names and values', (value) => isObject(value) && !(Symbol.iterator in value)],
  onLog: ['a function', (value) => typeof value === 'function'],
}

/**
 * Reads options: insists that they are those there are, each of its kind; undefined counts as left out. Gives a copy of an object's own, so that what was
 * looked at is what is used.
 * @throws {CartEchoServerError} `bad-options`, with what is expected
 */
export const readStartOptions = (given: unknown): StartServerOptions => {
  const names = Object.keys(EXPECTED)
  if (!isObject(given))
    throw new CartEchoServerError('bad-options', `startServer() takes an object of ${names.join(', ')}.`)
  const options: StartServerOptions = Object.assign(Object.create(null), given)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(EXPECTED, name))
      throw new CartEchoServerError('bad-options', `There is no option "${name}"; there are ${names.join(', ')}.`)
    const [words, isFit] = EXPECTED[name as keyof StartServerOptions]
    if (value !== undefined && !isFit(value)) throw new CartEchoServerError('bad-options', `"${name}" takes ${words}.`)
  }
  return options
}
