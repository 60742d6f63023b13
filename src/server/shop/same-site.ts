import type { Call, Handler } from '../http/call'
import { failure } from '../http/failure'
import { isJson } from '../http/fields'
import { isOwnHost } from '../http/host'

const NOT_OURS = 'This server does not answer to that name. Start it with the name as its host (--host) if it is yours.'

/** A handler that nobody reaches under a foreign name: who logs visitors in by itself would log them in for its owner. */
export const underOwnName =
  (handler: Handler, ownName: string): Handler =>
  (call) =>
    isOwnHost(call.headers.host, ownName) ? handler(call) : failure(call, 403, NOT_OURS)

/**
 * True when no other site can have made this call. There is no admin log-in, and a server on localhost can be reached
 * by every page the developer has open, so three things are asked: a name that is ours (DNS rebinding), an `Origin`
 * that is our own, and JSON, which no form of another site can send without asking first (CORS preflight; a DELETE has to ask anyway).
 */
export const isSameSite = (call: Call, ownName: string): boolean => {
  const { host, origin, 'sec-fetch-site': site } = call.headers
  if (!isOwnHost(host, ownName)) return false
  if (origin !== undefined && origin !== `http://${host}`) return false
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return call.method !== 'POST' || isJson(call)
}
