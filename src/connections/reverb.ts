import { CartEchoError, unfit } from '../engine/errors'
import {
  type Reader,
  type Readers,
  type ReverbSettings,
  readDurationMs,
  readReverb,
  readSettings,
  type Unreadable,
} from '../engine/settings'
import { attempt, ownOnly } from '../engine/shape'
import type { Connector, Transport } from '../engine/transport'
import { absolute } from '../page/request'
import { type AuthOptions, ENDPOINT } from './authorise'
import { reverbTransport } from './reverb/transport'

export type { CartEventMap } from '../engine/events'
export type { ReverbSettings } from '../engine/settings'
export type { Connector } from '../engine/transport'
export type { CartDomEventMap } from '../page/dom-events'
export type { Provided } from '../page/request'
export type { AuthOptions } from './authorise'

/** Where Reverb is, and how channels are authorised. `port` and `scheme` may be what a build tool makes of `.env`: strings. */
export interface ReverbOptions extends Omit<ReverbSettings, 'port' | 'scheme'> {
  /** Default: 443, or 80 without TLS. */
  port?: number | string | undefined
  /** `http` or `https`. Default `https`. */
  scheme?: string | undefined
  auth?: AuthOptions | undefined
}

/**
 * For the option `connect`, on a page that has no Echo: opens a WebSocket of its own to Reverb, or another server of the Pusher protocol, when the cart is
 * started and there is a user. Neither laravel-echo nor pusher-js is needed. After a loss it reconnects within about a second, at a random moment.
 * Without settings, as on a page for guests, it opens nothing. Keys that it does not know are reported to `onError`, once.
 * @throws {CartEchoError} `invalid-options` when settings have no key, or cannot be read, such as a port that is `NaN`.
 */
export const reverb = (settings: ReverbOptions | null | undefined): Connector =>
  connectorFor(settings ? readOptions(settings) : null)

/** The settings as read, and errors for the keys nobody knows, until they are reported. */
interface Options {
  readonly place: Partial<ReverbSettings>
  readonly auth: AuthOptions
  readonly unknown: CartEchoError[]
}

const ANYTHING: Reader = ['anything', () => null]

// What they hold is looked at where it is used; but for the one that would be waited for.
const AUTH: Readers = {
  endpoint: ANYTHING,
  headers: ANYTHING,
  bearerToken: ANYTHING,
  credentials: ANYTHING,
  timeoutMs: ['milliseconds, 1 or more', (said) => readDurationMs('timeoutMs', said, 1)],
  csrfUrl: ANYTHING,
  fetch: ANYTHING,
} satisfies Record<keyof AuthOptions, Reader>

const readOptions = (said: ReverbOptions): Options => {
  const { auth: given, ...rest } = ownOnly(said)
  const auth = ownOnly(given ?? {})
  const wrong: Unreadable[] = []
  const place = readReverb(rest, wrong)
  readSettings(auth, AUTH, wrong, ['auth'])
  const unknown = wrong.map(({ path, expected, actual, isUnknown }) => {
    const error = unfit('invalid-options', `reverb().${path.join('.')}`, expected, actual)
    if (!isUnknown) throw error
    return error
  })
  return { place, auth, unknown }
}

const connectorFor = (options: Options | null): Connector => {
  const self: Connector = {
    key: () => options?.place.key ?? null,
    transport:
      (listening): Transport =>
      (sink) => {
        for (const error of options?.unknown.splice(0) ?? []) sink.report(error)
        const url = options && addressOf(options.place)
        if (url) return reverbTransport({ ...listening, url, auth: options.auth })(sink)
        const words = options
          ? 'The page has no host: give reverb() one.'
          : 'No Reverb settings: print them in the page block.'
        const error = new CartEchoError('misconfigured', words)
        sink.state({ name: 'refused', reason: 'misconfigured', error })
        return { stop: () => undefined }
      },
    at: (settings, before) => {
      const next = optionsAt(settings, before, options)
      return options && isSamePlace(next, options) ? self : connectorFor(next)
    },
  }
  return self
}

// A page block names all of Reverb's settings: of the earlier ones only those stay that came from the options.
const optionsAt = (said: ReverbSettings, before: Partial<ReverbSettings> | null, options: Options | null): Options => {
  const { auth, ...place } = readReverb(said)
  const { endpoint, ...others } = ownOnly({ ...options?.auth })
  const wasOfPage = endpoint === ownOnly({ ...before?.auth }).endpoint
  return readOptions({ key: '', ...place, auth: { ...others, ...(wasOfPage ? {} : { endpoint }), ...auth } })
}

const isSamePlace = (one: Options, other: Options): boolean => placeOf(one) === placeOf(other)

const placeOf = ({ place, auth }: Options): string => `${addressOf(place)} ${absolute(auth.endpoint || ENDPOINT)}`

/** The address of the socket, by the Pusher protocol; null on a page that has no host and names none. */
const addressOf = ({
  key = '',
  host = hostOfPage(),
  scheme,
  port,
  path = '',
}: Partial<ReverbSettings>): string | null => {
  const isPlain = scheme === 'http'
  const at = `${host}:${port ?? (isPlain ? 80 : 443)}${path}`
  return host ? `ws${isPlain ? '' : 's'}://${at}/app/${encodeURIComponent(key)}?protocol=7&client=cart-echo` : null
}

// A frame of `srcdoc` has the origin of its parent and no host.
const hostOfPage = (): string | undefined => {
  const { location, origin } = globalThis
  return location ? location.hostname || attempt(() => new URL(origin).hostname) : 'localhost'
}
