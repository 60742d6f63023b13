import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { attempt } from '../../engine/shape'
import type { Cookies } from './cookies'
import { type Failure, failureOf, readFailure } from './failure'

/** An answer, read to its end. */
export interface Reply {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** True when its content type is JSON. */
  readonly isJson: boolean
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
}

/** What came of a request. */
export type Outcome =
  | { readonly reply: Reply; readonly failure: null }
  | { readonly reply: null; readonly failure: Failure }

/** What is sent. */
interface Sending {
  readonly method?: 'GET' | 'POST' | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  /** False: without cookies and the shop's own headers. Default: with them where the address is the shop's. */
  readonly asShopper?: boolean | undefined
}

/** Sends requests as the shopper's browser would. Never rejects. */
export type Send = (address: URL, how?: Sending) => Promise<Outcome>

/** What requests are sent with. */
export interface SendOptions {
  readonly cookies: Cookies
  /** Further headers for the shop itself. */
  readonly headers: Readonly<Record<string, string>>
  /** Which origins are the shop's: cookies and headers go there, and nowhere else. */
  isShop(origin: string): boolean
  /** Certificates of authorities to trust; undefined: those that Node knows. */
  readonly ca: readonly string[] | undefined
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number
  readonly userAgent: string
  /** Ends whatever is under way. */
  readonly signal: AbortSignal
}

/** More than any page or script has. Bytes. */
const MOST_BYTES = 5_000_000

/** Requests that are never redirected, never kept alive, and never longer than their time-out. */
export const createSend =
  (options: SendOptions): Send =>
  (address, { method = 'GET', headers = {}, body, asShopper = true } = {}) =>
    new Promise((resolve) => {
      const { ca, cookies, isShop, signal, timeoutMs, userAgent } = options
      const isTls = address.protocol === 'https:'
      if (!isTls && address.protocol !== 'http:') return resolve(failed(failureOf('other', 'neither http nor https')))
      const isOwn = asShopper && isShop(address.origin)
      const own = isOwn ? { ...options.headers, ...cookies.header() } : {}
      const fail = (failure: Failure): void => resolve(failed(failure))
      try {
        const asked = (isTls ? requestTls : requestPlain)(address, {
          method,
          headers: { 'User-Agent': userAgent, Connection: 'close', ...own, ...headers },
          agent: false,
          signal,
          ...(ca && { ca: [...ca] }),
        })
        const timer = setTimeout(() => asked.destroy(timedOut()), timeoutMs)
        asked
          .on('error', (error) => fail(signal.aborted ? failureOf('time-out') : readFailure(error)))
          .on('close', () => clearTimeout(timer))
          .on('response', (response) => {
            read(response, (reply) => {
              asked.destroy()
              if (isOwn) cookies.keep(response.headers['set-cookie'] ?? [])
              resolve({ reply, failure: null })
            })
            response.on('error', (error) => fail(readFailure(error)))
          })
          .end(body)
      } catch (error) {
        fail(readFailure(error))
      }
    })

const failed = (failure: Failure): Outcome => ({ reply: null, failure })

const timedOut = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })

const read = (response: IncomingMessage, done: (reply: Reply) => void): void => {
  const chunks: Buffer[] = []
  let bytes = 0
  const finish = (): void => {
    const { statusCode: status = 0, headers } = response
    const body = unpacked(Buffer.concat(chunks), headers['content-encoding'])
    const isJson = /\bjson\b/i.test(headers['content-type'] ?? '')
    done({ status, headers, body, isJson, json: isJson ? attempt(() => JSON.parse(body.toString('utf8'))) : undefined })
  }
  response
    .on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MOST_BYTES) finish()
    })
    .on('end', finish)
}

const UNPACK: Readonly<Record<string, (packed: Buffer, limit: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

// Nobody asked for it, and some send it all the same. What cannot be unpacked stays as it came.
const unpacked = (body: Buffer, encoding = ''): Buffer =>
  attempt(() => UNPACK[encoding.toLowerCase()]?.(body, { maxOutputLength: MOST_BYTES })) ?? body
