import { peek } from './shape'

/** The code of a `pusher:error` frame or a close. During the handshake, and with a close, pusher-js wraps it once more. */
export const readErrorCode = (error: unknown): number | null => {
  const code = peek(error, 'data', 'code') ?? peek(error, 'error', 'data', 'code')
  return typeof code === 'number' ? code : null
}

/** True for the error of a socket that closes. */
export const isClose = (error: unknown): boolean => peek(error, 'type') === 'WebSocketError'

/** True for the codes on which pusher-js gives up for ever (core/connection/protocol/protocol.ts). */
export const isForGood = (code: number): boolean => (code > 4000 && code < 4100) || code >= 4300

/**
 * True for those that may change by themselves: not 4001, no such key, nor 4009 at the door, this origin is not allowed. What a server says later, when the
 * connection stood, is about that connection.
 */
export const isTransient = (code: number, hasStood: boolean): boolean =>
  isForGood(code) && code !== 4001 && (code !== 4009 || hasStood)

/**
 * Why the server refused the socket, where that is for good: Reverb's error frames in the handshake, after which pusher-js gives up
 * (recorded on Reverb 1.10), and pusher-js's own codes.
 */
export const refusalOf = (code: number, hasStood: boolean) => {
  if (code === 4001) return 'unknown-app'
  if (code === 4004) return 'over-capacity'
  if (code === 4009 && !hasStood) return 'origin-refused'
  return isForGood(code) ? 'socket-refused' : null
}
