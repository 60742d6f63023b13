import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 as 64 hex digits. Source: Pusher protocol. */
export const sign = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex')

/** True when two texts are the same; takes as long for a near miss as for a far one. */
export const sameText = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * The signature that lets one socket onto one guarded channel, with what is said of who joins, if anything. Source:
 * Pusher protocol.
 */
export const signChannel = (secret: string, socketId: string, channel: string, channelData = ''): string =>
  sign(secret, [socketId, channel, ...(channelData === '' ? [] : [channelData])].join(':'))

/** What a client shows to get onto a channel. */
export interface ChannelAuth {
  readonly channel: string
  /** `key:signature` */
  readonly auth: string
  readonly channelData: string
}

/**
 * True when `auth` was made for this socket, this channel and this data. The key part is not looked at. Recorded:
 * Reverb 1.10.2.
 */
export const isChannelAuth = (secret: string, socketId: string, { channel, auth, channelData }: ChannelAuth): boolean =>
  sameText(auth.slice(auth.indexOf(':') + 1), signChannel(secret, socketId, channel, channelData))

/** What of an HTTP API request is under its signature. */
export interface SignedRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
}

/**
 * True when `auth_signature` covers this request: method, path, the whole query (`auth_key`, `auth_timestamp`,
 * `auth_version` and what else is there, sorted) and the MD5 of the body that really came. Like Reverb it asks for
 * nothing more: neither the age of the time stamp nor the key by itself.
 */
export const isApiSignature = (secret: string, request: SignedRequest): boolean =>
  sameText(request.query.get('auth_signature') ?? '', sign(secret, apiText(request)))

const apiText = ({ method, path, query, body }: SignedRequest): string => {
  const params = new Map(query)
  params.delete('auth_signature')
  params.delete('body_md5')
  if (body.length > 0) params.set('body_md5', createHash('md5').update(body).digest('hex'))
  const sorted = [...params].sort(([one], [other]) => (one < other ? -1 : 1))
  return [method, path, sorted.map(([name, value]) => `${name}=${value}`).join('&')].join('\n')
}
