import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Handler, readCall } from './call'
import { json, type Reply, text, trickle } from './reply'

const MAX_BODY_BYTES = 65_536

/** What `answerWith` may be told. */
export interface AnswerOptions {
  /** Hears what a handler threw; the client gets a plain 500. */
  onError(error: unknown): void
  /** The server's clock, for `Date`. @default Date.now */
  readonly now?: (() => number) | undefined
  /** True: nobody may ask again on the same connection. @default never */
  readonly isLast?: (() => boolean) | undefined
}

/** A listener for Node's HTTP server that answers every request with a handler's reply. Never throws. */
export const answerWith =
  (handler: Handler, { onError, now = Date.now, isLast = () => false }: AnswerOptions) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const write = (reply: Reply): void => writeReply(response, isLast() ? closing(reply) : reply, new Date(now()))
    try {
      write(await replyTo(handler, request))
    } catch (error) {
      if (request.destroyed && !request.complete) return
      onError(error)
      // Whatever could not be sent with the first answer cannot be sent with this one.
      for (const name of response.getHeaderNames()) response.removeHeader(name)
      write(json(500, { message: 'Server Error' }))
    }
  }

const replyTo = async (handler: Handler, request: IncomingMessage): Promise<Reply> => {
  const call = await readCall(request, MAX_BODY_BYTES)
  if (call === 'bad-path') return text(400, 'Bad request.')
  if (call === 'too-large') return closing(text(413, 'Payload too large.'))
  return (await handler(call)) ?? json(404, { message: 'Not found.' })
}

/** The same answer, as the last one of its connection. */
export const closing = (reply: Reply): Reply => ({ ...reply, headers: { ...reply.headers, Connection: 'close' } })

const writeReply = (response: ServerResponse, reply: Reply, date: Date): void => {
  const { pace, sent } = reply
  if (response.headersSent || response.destroyed || pace?.kind === 'never') return
  if (pace?.kind === 'cut') {
    response.destroy()
    return
  }
  const body = Buffer.from(reply.body)
  response.statusCode = reply.status
  response.setHeader('Date', date.toUTCString())
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  if (!isBodiless(reply.status)) response.setHeader('Content-Length', body.length)
  if (sent) response.once('close', sent)
  if (pace) trickle(response, body, pace.bytes, pace.everyMs)
  else response.end(body)
}

/** True for the answers that have no body, whatever they are given: 204 and 304. */
const isBodiless = (status: number): boolean => status === 204 || status === 304
