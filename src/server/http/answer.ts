import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handler } from './call'
import { readCall } from './read-call'
import { json, type Reply, text } from './reply'

const MAX_BODY_BYTES = 65_536

/** What `answerWith` may be told. */
export interface AnswerOptions {
  /** Hears what a handler threw; the client gets a plain 500. */
  onError(error: unknown): void
}

/** A listener for Node's HTTP server that answers every request with a handler's reply. Never throws. */
export const answerWith =
  (handler: Handler, { onError }: AnswerOptions) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      write(response, await replyTo(handler, request))
    } catch (error) {
      if (request.destroyed && !request.complete) return
      onError(error)
      write(response, json(500, { message: 'Server Error' }))
    }
  }

const replyTo = async (handler: Handler, request: IncomingMessage): Promise<Reply> => {
  const call = await readCall(request, MAX_BODY_BYTES)
  if (call === 'bad-path') return text(400, 'Bad request.')
  if (call === 'too-large') return { ...text(413, 'Payload too large.'), headers: { Connection: 'close' } }
  return (await handler(call)) ?? json(404, { message: 'Not found.' })
}

const write = (response: ServerResponse, reply: Reply): void => {
  if (response.headersSent || response.destroyed) return
  response.statusCode = reply.status
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Length', Buffer.byteLength(reply.body))
  response.end(reply.body)
}
