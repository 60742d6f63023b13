import type EchoClass from 'laravel-echo'
import type { ChannelAuthorizationCallback, default as PusherClass } from 'pusher-js'
import { pageGlobal } from '../../engine/environment'
import { CartEchoError } from '../../engine/errors'
import { insistOnReverb, type ReverbSettings, readDurationMs, readReverb } from '../../engine/settings'
import { attempt, ownOnly } from '../../engine/shape'
import type { Connector } from '../../engine/transport'
import { absolute } from '../../page/request'
import { type AuthOptions, authorise, ENDPOINT } from '../authorise'
import { echoTransport } from '../echo/transport'

/** Where Reverb is, and how channels are authorised. */
export interface ReverbOptions extends ReverbSettings {
  auth?: AuthOptions | undefined
  /** Returns the two classes. Default: imports your app's own `laravel-echo` and `pusher-js` when they are needed. */
  load?: (() => Promise<EchoModules>) | undefined
}

/** The classes that an Echo is made of. */
export interface EchoModules {
  /** The class that `laravel-echo` exports. */
  readonly Echo: typeof EchoClass
  /** The class that `pusher-js` exports. */
  readonly Pusher: typeof PusherClass
}

/** An Echo made when needed, with its own socket. */
export interface ReverbEcho {
  /** The key of the app, where there are settings. */
  readonly key: string | undefined
  /** Loads laravel-echo and pusher-js and connects. Called again while open, it gives the same Echo. */
  readonly open: () => Promise<EchoClass<'reverb'>>
  /** Disconnects. `open` may follow. */
  readonly close: () => void
  /**
   * The same for a page that says other settings: an Echo of its own, still closed. This very one where it has them already. `before`: what the page before
   * it said.
   */
  readonly at: (settings: ReverbSettings, before?: Partial<ReverbSettings> | null) => ReverbEcho
}

/** How long the socket may be silent before it is asked, and how long it may take to answer; pusher-js waits 30 s more. */
const ACTIVITY_TIMEOUT_MS = 30_000
const PONG_TIMEOUT_MS = 8_000

/**
 * An Echo for pages that have none. laravel-echo and pusher-js (your app's own dependencies) are fetched when it is first
 * opened, which happens only when there is a user. Without settings, as on a page for guests, it stays closed: `open`
 * rejects. Make one for each `createCartEcho`: whoever stops closes the socket.
 * @throws {CartEchoError} `invalid-options` when settings are given without a key, or cannot be read, such as a port that is `NaN`.
 */
export const reverbEcho = (given: ReverbOptions | null | undefined): ReverbEcho => {
  const options = given && ownOnly(given)
  if (options) insistOnReverb(options)
  readDurationMs('reverb().auth.timeoutMs', ownOnly(options?.auth ?? {}).timeoutMs, 1)
  let opened: { readonly echo: Promise<EchoClass<'reverb'>>; readonly end: AbortController } | null = null
  const self: ReverbEcho = {
    key: options?.key,
    at: (settings, before) => {
      const { auth, ...place } = ownOnly(readReverb(settings).settings)
      const { endpoint, ...others } = ownOnly(options?.auth ?? {})
      // A page block names all of Reverb's settings: of the earlier ones only those stay that came from the options.
      const wasOfPage = endpoint === ownOnly(ownOnly(before ?? {}).auth ?? {}).endpoint
      const kept = { auth: ownOnly({ ...others, ...(wasOfPage ? {} : { endpoint }), ...auth }), load: options?.load }
      const next = ownOnly({ ...place, ...kept, key: ownOnly(settings).key })
      return options && isSamePlace(next, options) ? self : reverbEcho(next)
    },
    open: () => {
      const end = opened?.end ?? new AbortController()
      const mine = opened ?? { echo: connect(options, end.signal), end }
      opened = mine
      // A chunk that could not be loaded once may be there the next time.
      mine.echo.catch(() => {
        if (opened === mine) opened = null
      })
      return mine.echo
    },
    close: () => {
      opened?.end.abort()
      opened?.echo.then((echo) => echo.disconnect()).catch(() => undefined)
      opened = null
    },
  }
  return self
}

/** A connector that listens by an Echo of our own, and closes it. */
export const connectOwn = (echo: ReverbEcho): Connector => {
  const self: Connector = {
    key: () => echo.key ?? null,
    transport: (options) => echoTransport({ ...options, echo }),
    at: (settings, before) => {
      const next = echo.at(settings, before)
      return next === echo ? self : connectOwn(next)
    },
  }
  return self
}

/** Where an Echo dials, and is authorised. */
const placeOf = (options: ReverbOptions) => {
  const own = ownOnly(insistOnReverb(options))
  const { key, host = hostOfPage(), scheme = 'https', port = scheme === 'https' ? 443 : 80, path = '' } = own
  const endpoint = absolute(ownOnly(options.auth ?? {}).endpoint || ENDPOINT)
  return { key, host, port, scheme, path, endpoint }
}

const isSamePlace = (one: ReverbOptions, other: ReverbOptions): boolean =>
  JSON.stringify(placeOf(one)) === JSON.stringify(placeOf(other))

const connect = async (options: ReverbOptions | null | undefined, ended: AbortSignal): Promise<EchoClass<'reverb'>> => {
  if (!options) throw new CartEchoError('invalid-options', 'No Reverb settings: print them in the page block.')
  // Importing pusher-js sets window.Pusher (runtimes/web/runtime.ts): the page keeps its own.
  const pageOwnPusher = pageGlobal('Pusher')
  const { Echo, Pusher } = await (options.load ?? importModules)()
  if (pageOwnPusher !== undefined) Object.assign(globalThis, { Pusher: pageOwnPusher })
  const { host, port, scheme, path } = placeOf(options)
  if (!host) throw new CartEchoError('invalid-options', 'The page has no host: give reverb() one.')
  let echo: EchoClass<'reverb'> | null = null
  const customHandler = (
    request: { socketId: string; channelName: string },
    done: ChannelAuthorizationCallback,
  ): void => {
    // A signature for a socket that is gone would be refused on the new one, which has asked for its own.
    const ifCurrent: ChannelAuthorizationCallback = (error, authorisation) => {
      const isCurrent = !ended.aborted && (echo?.socketId() ?? request.socketId) === request.socketId
      if (isCurrent) done(error, authorisation)
    }
    authorise(request, options.auth, ended).then(
      (authorisation) => ifCurrent(null, authorisation),
      (error: Error) => ifCurrent(error, null),
    )
  }
  const forceTLS = scheme === 'https'
  const connection = {
    broadcaster: 'reverb' as const,
    Pusher,
    key: options.key,
    wsHost: host,
    wsPort: forceTLS ? 80 : port,
    wssPort: forceTLS ? port : 443,
    wsPath: path,
    forceTLS,
    // Both would be taken from a page's Object.prototype.
    client: undefined,
    disabledTransports: [],
    // Reverb serves nothing but WebSocket; with anything else allowed, pusher-js would turn to sockjs.pusher.com. `ws` goes by
    // forceTLS; `wss` would be a second try, by TLS, of a plain port (runtimes/web/default_strategy.ts).
    enabledTransports: ['ws' as const],
    activityTimeout: ACTIVITY_TIMEOUT_MS,
    pongTimeout: PONG_TIMEOUT_MS,
    // Its interceptors would set X-Socket-ID on the page's requests, and toOthers() would then silence this shopper's tabs.
    withoutInterceptors: true,
    channelAuthorization: { customHandler },
  }
  // Echo reads `window.Laravel.csrfToken` (laravel-echo 2.5, connector/connector.ts), which throws where a frame from elsewhere has that name.
  const isNamed = Object.hasOwn(globalThis, 'Laravel')
  if (!isNamed) Object.assign(globalThis, { Laravel: undefined })
  try {
    echo = new Echo<'reverb'>(connection)
  } finally {
    if (!isNamed) Reflect.deleteProperty(globalThis, 'Laravel')
  }
  return echo
}

const importModules = async (): Promise<EchoModules> => {
  const [echo, pusher] = await Promise.all([import('laravel-echo'), import('pusher-js')])
  return { Echo: classOf(echo, 'Echo'), Pusher: classOf(pusher, 'Pusher') } as EchoModules
}

// Bundlers disagree on the exports of a UMD module: some wrap the default once more, some have none; and pusher-js 8.5 exports it by name.
const classOf = (module: unknown, name: string): unknown => {
  const { default: inner, [name]: named } = Object(module)
  const found = [inner, Object(inner).default, Object(inner)[name], named, module].find(
    (one) => typeof one === 'function',
  )
  if (found) return found
  throw new CartEchoError('no-echo', `No class in the import of ${name}: give reverb({ load }).`)
}

// A frame of `srcdoc` has the origin of its parent and no host; with none at all pusher-js would dial Pusher's own servers (core/config.ts).
const hostOfPage = (): string | undefined => {
  const { location, origin } = globalThis
  return location ? location.hostname || attempt(() => new URL(origin).hostname) : 'localhost'
}
