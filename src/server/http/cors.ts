import type { Call, Handler } from './call'
import type { Reply, ReplyHeaders } from './reply'

/**
 * Lets pages of some other origins call the shop with credentials: its API, channel authorisation and sessions, never
 * the admin. Like Laravel's it is outermost: errors can be read, too. Answers as recorded in auth.txt.
 */
export const withCors =
  (handler: Handler, origins: readonly string[]): Handler =>
  async (call) => {
    if (!isOpen(call.path)) return handler(call)
    const origin = origins.find((one) => one === call.headers.origin)
    if (isPreflight(call)) return preflight(call, origin)
    const reply = await handler(call)
    return reply && { ...reply, headers: { ...reply.headers, ...granted(origin) } }
  }

const isOpen = (path: string): boolean => /^\/(api\/|broadcasting\/|strict\/|session$|login$|logout$)/.test(path)

const isPreflight = ({ method, headers }: Call): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

const preflight = ({ headers }: Call, origin: string | undefined): Reply => {
  if (origin === undefined) return empty({ Vary: 'Origin, Access-Control-Request-Method' })
  return empty({
    ...granted(origin),
    Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? '',
    'Access-Control-Allow-Headers': String(headers['access-control-request-headers'] ?? ''),
    'Access-Control-Max-Age': '0',
  })
}

const empty = (headers: ReplyHeaders): Reply => ({ status: 204, headers, body: '' })

const granted = (origin: string | undefined): ReplyHeaders =>
  origin === undefined
    ? {}
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }
