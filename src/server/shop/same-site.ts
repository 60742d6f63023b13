import type { Call } from '../http/call'
import { isJson } from '../http/fields'
import { isOwnName, parseHost } from '../http/host'

/**
 * True when no other site can have made this call. There is no admin log-in, and a server on localhost can be reached
 * by every page the developer has open, so three things are asked: a name that is ours (DNS rebinding), an `Origin`
 * that is our own, and JSON, which no form of another site can send without asking first (CORS preflight; a DELETE has to ask anyway).
 */
export const isSameSite = (call: Call, ownName: string): boolean => {
  const { host, origin, 'sec-fetch-site': site } = call.headers
  const place = parseHost(host)
  if (!place || !(place.hostname === ownName || isOwnName(place.hostname))) return false
  if (origin !== undefined && origin !== `http://${host}`) return false
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return call.method !== 'POST' || isJson(call)
}
