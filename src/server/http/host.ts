import { isIP } from 'node:net'

/** Where the server was reached: what the browser put into its address bar. */
export interface Place {
  readonly hostname: string
  readonly port: number
}

const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i

/** Reads a `Host` header; null for anything that is not one. Never throws. */
export const parseHost = (header: string | undefined): Place | null => {
  const [, hostname, port] = HOST.exec(header ?? '') ?? []
  return hostname === undefined ? null : { hostname: hostname.toLowerCase(), port: Number(port ?? 80) }
}

/** A place as it stands in an address: `127.0.0.1:8080`. */
export const formatPlace = ({ hostname, port }: Place): string => `${hostname}:${port}`

/**
 * True for the `Host` of a request that nobody else's domain can stand behind: an IP address, `localhost`, or the name the
 * server was started with. A foreign name that resolves to this machine (DNS rebinding) is same-origin to the browser, so
 * its calls are told by this alone.
 */
export const isOwnHost = (header: string | undefined, ownName: string): boolean => {
  const place = parseHost(header)
  return place !== null && (place.hostname === ownName.toLowerCase() || isOwnName(place.hostname))
}

const isOwnName = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
