import type { ServerResponse } from 'node:http'
import type { Reply } from './reply'

/**
 * How an answer is written other than at once. `never`: not at all, and the connection stays. `cut`: the connection
 * ends instead. `slow`: the headers at once, then `bytes` of the body every `everyMs`.
 */
export type Pace =
  | { readonly kind: 'never' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: number }

/** No answer: the client waits as long as it likes. */
export const UNANSWERED: Reply = { status: 200, headers: {}, body: '', pace: { kind: 'never' } }

/** No answer: the connection ends. */
export const CUT: Reply = { status: 200, headers: {}, body: '', pace: { kind: 'cut' } }

/** True for an answer of which a client sees at least its status. */
export const isAnswered = ({ pace }: Reply): boolean => pace?.kind !== 'never' && pace?.kind !== 'cut'

/** Writes a body piece by piece. Ends with the connection, whoever ends that. */
export const trickle = (response: ServerResponse, body: Buffer, bytes: number, everyMs: number): void => {
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + bytes))
    sent += bytes
    if (sent < body.length) return
    clearInterval(timer)
    response.end()
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}
