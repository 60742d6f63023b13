import { type Channels, createChannels } from './channels'
import type { Wire } from './publication'
import { createSubscriptions, type Subscriptions } from './subscriptions'

/** How many messages a connection may send. */
export interface RateLimit {
  readonly attempts: number
  /** Counted from the first message on; then it starts anew. */
  readonly perSeconds: number
  /** True: one message too many ends the connection (1006) instead of being refused. @default false */
  readonly terminate?: boolean | undefined
}

/** One application on the server: what Laravel calls `REVERB_APP_ID`, `REVERB_APP_KEY` and `REVERB_APP_SECRET`. */
export interface Application {
  readonly id: string
  /** Public: it stands in the page. */
  readonly key: string
  /** Signs channels and publishes. Never in a page. */
  readonly secret: string
  /** After how many seconds of silence clients are told to ping. @default 30 */
  readonly activityTimeoutS?: number | undefined
  /** After how many seconds of silence the server pings; it looks every 60 s only. @default 60 */
  readonly pingIntervalS?: number | undefined
  /** How many subscribed connections there may be; further ones are told 4004 and stay open. @default null: any number */
  readonly maxConnections?: number | null | undefined
  /** Host names, `*` for any piece of one; others are told 4009 and stay open. @default `['*']` */
  readonly allowedOrigins?: readonly string[] | undefined
  /** The largest message of a client, in bytes; a larger one ends its socket with 1009. @default 10,000 */
  readonly maxMessageSize?: number | undefined
  /** Who may whisper (`client-…`): those on the channel, or nobody. @default 'members' */
  readonly clientEvents?: 'members' | 'off' | undefined
  /** @default null: any number of messages */
  readonly rateLimit?: RateLimit | null | undefined
}

/** An application with everything said. */
interface Settings {
  readonly id: string
  readonly key: string
  readonly secret: string
  readonly activityTimeoutS: number
  readonly pingIntervalS: number
  readonly maxConnections: number | null
  readonly allowedOrigins: readonly string[]
  readonly maxMessageSize: number
  readonly clientEvents: 'members' | 'off'
  readonly rateLimit: RateLimit | null
}

/** An application's settings, with Reverb's published defaults for what was left out. Recorded: Reverb 1.10.2. */
const settingsOf = (application: Application): Settings => ({
  id: application.id,
  key: application.key,
  secret: application.secret,
  activityTimeoutS: application.activityTimeoutS ?? 30,
  pingIntervalS: application.pingIntervalS ?? 60,
  maxConnections: application.maxConnections ?? null,
  allowedOrigins: application.allowedOrigins ?? ['*'],
  maxMessageSize: application.maxMessageSize ?? 10_000,
  clientEvents: application.clientEvents ?? 'members',
  rateLimit: application.rateLimit ?? null,
})

/** The largest request, in bytes of the whole of it. Recorded: Reverb 1.10.2 (`max_request_size`, of the server). */
export const MAX_REQUEST_BYTES = 10_000

/** An application and who is on it. What happens on one is not heard on another. */
export interface RunningApplication {
  readonly settings: Settings
  readonly channels: Channels
  readonly subscriptions: Subscriptions
}

/** An application that nobody is on yet. */
export const runApplication = (application: Application, wire: Wire = {}): RunningApplication => {
  const [settings, channels] = [settingsOf(application), createChannels()]
  return { settings, channels, subscriptions: createSubscriptions({ secret: settings.secret, channels, wire }) }
}

/**
 * True when a page from `origin` may connect. Host names are compared, `*` stands for any piece of one; a client without
 * an origin passes only where everybody does. Source: laravel/reverb, `Server::verifyOrigin`.
 */
export const isAllowedOrigin = (allowed: readonly string[], origin: string | undefined): boolean =>
  allowed.includes('*') || allowed.some((pattern) => matches(pattern, hostOf(origin ?? '')))

const hostOf = (origin: string): string => {
  try {
    return new URL(origin).hostname
  } catch {
    return ''
  }
}

const matches = (pattern: string, host: string): boolean => {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`).test(host)
}
