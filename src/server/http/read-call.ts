import type { IncomingMessage } from 'node:http'
import type { Call } from './call'

/** Why a request cannot be handed to a handler. */
export type Unreadable = 'bad-path' | 'too-large'

/**
 * Reads a request to its end. Gives the reason instead when its path is not one, or its body has more than
 * `maxBodyBytes`. Rejects only when the client goes away.
 */
export const readCall = async (request: IncomingMessage, maxBodyBytes: number): Promise<Call | Unreadable> => {
  const target = splitTarget(request.url ?? '')
  if (!target) return 'bad-path'
  const body = await readBody(request, maxBodyBytes)
  if (!body) return 'too-large'
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
  return { method, ...target, headers: request.headers, body, headBytes: headBytes(request) }
}

/** Splits a request target into path and query; null when it does not start with `/`. Never throws. */
export const splitTarget = (target: string): Pick<Call, 'path' | 'query'> | null => {
  if (!target.startsWith('/')) return null
  const mark = target.indexOf('?')
  if (mark === -1) return { path: target, query: new URLSearchParams() }
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | null> => {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null
  const chunks: Buffer[] = []
  let bytes = 0
  // Breaking off would destroy the request, and with it the connection the refusal has to travel on.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const headBytes = (request: IncomingMessage): number => {
  const line = `${request.method} ${request.url} HTTP/${request.httpVersion}\r\n`
  const pairs = request.rawHeaders.reduce((bytes, part) => bytes + Buffer.byteLength(part) + 2, 0)
  return Buffer.byteLength(line) + pairs + 2
}
