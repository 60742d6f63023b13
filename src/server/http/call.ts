import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Reply } from './reply'

/** One HTTP request, read to its end, as handlers see it. */
export interface Call {
  /** Upper case. `HEAD` arrives as `GET`: Node leaves the body of the answer out by itself. */
  readonly method: string
  /** As it came, percent-encoded, starting with `/`, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** How many bytes the request line and the headers had. */
  readonly headBytes: number
}

/** Answers a request, or gives null when the request is not its own. */
export type Handler = (call: Call) => Reply | null | Promise<Reply | null>

/** Why a request cannot be handed to a handler. */
type Unreadable = 'bad-path' | 'too-large'

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

/** What a request carries as input, by name: of its query, a form, or a JSON object. */
type Fields = Readonly<Record<string, unknown>>

/** The input of a request, whichever way it came. Malformed JSON is no input at all, as in Laravel. Never throws. */
export const readFields = (call: Call): Fields => {
  if (call.method === 'GET') return Object.fromEntries(call.query)
  if (isJson(call)) return parseObject(call.body.toString('utf8'))
  return Object.fromEntries(new URLSearchParams(call.body.toString('utf8')))
}

/** True when a request says that its body is JSON. */
export const isJson = (call: Call): boolean => /^application\/json\s*(;|$)/i.test(call.headers['content-type'] ?? '')

/** A JSON object out of text; an empty one when the text is anything else. Never throws. */
export const parseObject = (text: string): Fields => {
  const value = parseJson(text)
  return isObject(value) ? value : {}
}

/** The value of a JSON text; undefined when the text is not JSON. Never throws. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True for JSON objects, false for arrays, null and everything else. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * True when the client wants errors as JSON and not as a page: it accepts JSON first of all, or it is a script (an
 * `X-Requested-With` header) that takes anything. Source: Laravel, `Request::expectsJson`.
 */
export const expectsJson = (call: Call): boolean => {
  const accepted = (call.headers.accept ?? '').split(',', 1)[0] ?? ''
  const [type = ''] = accepted.split(';', 1)
  if (/[/+]json$/i.test(type.trim())) return true
  return call.headers['x-requested-with'] === 'XMLHttpRequest' && ['', '*/*', '*'].includes(type.trim())
}
