import { type Call, type Handler, readFields } from '../http/call'
import { failure, json, type Reply } from '../http/reply'
import { firstOf, route } from '../http/routes'
import type { Application } from '../reverb/application'
import { signChannel } from '../reverb/signature'
import { type Customer, channelOf, type FindSession, isCsrfToken, type Session } from './sessions'

/** Where pages ask for a channel. Source: Laravel. */
export const AUTH_PATH = '/broadcasting/auth'

/** The same behind Laravel's CSRF check. */
export const STRICT_AUTH_PATH = '/strict/broadcasting/auth'

/** What channel authorisation works on. */
interface ChannelAuthOptions {
  readonly application: Application
  readonly find: FindSession
  readonly rule: ChannelRule
}

/**
 * `/broadcasting/auth`, by POST (form or JSON) or GET, without CSRF, and `POST /strict/broadcasting/auth` with it:
 * whether the session's customer may hear a channel. Answers as recorded in auth.txt. Writes no session.
 */
export const createChannelAuth = (options: ChannelAuthOptions): Handler => {
  const answer = (call: Call): Reply => authorise(options, call)
  const strictly = (call: Call): Reply => {
    const session = options.find(call)
    return session && provesToken(session, call) ? answer(call) : failure(call, 419, 'CSRF token mismatch.')
  }
  return firstOf([
    route('POST', AUTH_PATH, answer),
    route('GET', AUTH_PATH, answer),
    route('POST', STRICT_AUTH_PATH, strictly),
  ])
}

const SOCKET_ID = /^\d+\.\d+$/

const authorise = ({ application, find, rule }: ChannelAuthOptions, call: Call): Reply => {
  const { channel_name: channel, socket_id: socketId } = readFields(call)
  const customer = find(call)?.customer
  if (!customer || typeof channel !== 'string') return failure(call, 403, '')
  const isPresence = channel === presenceChannelOf(customer)
  if (!isPresence && !mayHear(rule, customer, channel)) return failure(call, 403, '')
  if (typeof socketId !== 'string' || !SOCKET_ID.test(socketId)) return failure(call, 500, 'Server Error')
  if (isPresence) return json(200, presence(application, socketId, channel, customer))
  return json(200, { auth: `${application.key}:${signChannel(application.secret, socketId, channel)}` })
}

const presenceChannelOf = ({ id }: Customer): string => `presence-cart.${id}`

const presence = ({ key, secret }: Application, socketId: string, channel: string, { id, name }: Customer): unknown => {
  const data = JSON.stringify({ user_id: String(id), user_info: { id, name } })
  return { auth: `${key}:${signChannel(secret, socketId, channel, data)}`, channel_data: data }
}

/**
 * How a channel's id is compared with the customer's. `exact`: as strings. `stock`: as Laravel's own rule does, by an
 * integer cast, which lets user 1 onto `User.01` and strangers with UUIDv7 ids onto each other's channels.
 */
export type ChannelRule = 'exact' | 'stock'

/** True when a customer may hear a private channel. */
const mayHear = (rule: ChannelRule, customer: Customer, channel: string): boolean => {
  if (rule === 'exact') return channel === `private-${channelOf(customer)}`
  const [, id] = /^private-App\.Models\.User\.([^.]+)$/.exec(channel) ?? []
  return id !== undefined && phpInteger(id) === phpInteger(String(customer.id))
}

/** What PHP's `(int)` makes of a text: the digits it begins with. */
const phpInteger = (text: string): number => Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0)

/** True when a request proves that it knows its session's CSRF token: in `_token`, `X-CSRF-TOKEN` or `X-XSRF-TOKEN`. */
export const provesToken = (session: Session, call: Call): boolean => isCsrfToken(session, sentToken(call))

/** Where Laravel looks for it, in its order. */
const sentToken = (call: Call): unknown =>
  readFields(call)._token ?? call.headers['x-csrf-token'] ?? call.headers['x-xsrf-token']
