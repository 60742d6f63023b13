import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { attempt } from '../../engine/shape'
import type { Cookies } from './cookies'
import { codeOf, type Failure, failureOf, readFailure } from './failure'

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

/** As much as browsers take, and more than Node does, which is 16 kB: policies and debug bars fill that. Bytes. */
export const MOST_HEADER_BYTES = 262_144

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
          maxHeaderSize: MOST_HEADER_BYTES,
          signal,
          ...(ca && { ca: [...ca] }),
        })
        const timer = setTimeout(() => asked.destroy(timedOut()), timeoutMs)
        asked
          .on('error', (error) => fail(signal.aborted ? failureOf('time-out') : readFailure(error)))
          .on('close', () => clearTimeout(timer))
          .on('response', (response) => {
            read(response, (outcome) => {
              asked.destroy()
              if (isOwn) cookies.keep(response.headers['set-cookie'] ?? [])
              resolve(outcome)
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

const FIRST_BYTES = 65_536

const read = (response: IncomingMessage, done: (outcome: Outcome) => void): void => {
  let room = Buffer.alloc(FIRST_BYTES)
  let bytes = 0
  const finish = (): void => {
    const { statusCode: status = 0, headers } = response
    try {
      const body = unpacked(room.subarray(0, bytes), headers['content-encoding'])
      const isJson = /\bjson\b/i.test(headers['content-type'] ?? '')
      done({ reply: { status, headers, body, isJson, json: isJson ? jsonOf(body) : undefined }, failure: null })
    } catch (error) {
      done(failed(failureOf(codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'packed', codeOf(error))))
    }
  }
  response
    .on('data', (chunk: Buffer) => {
      // Into one piece at once: a byte that comes by itself costs a hundred while it is kept so.
      if (bytes + chunk.length > room.length) room = Buffer.concat([room], 2 * (bytes + chunk.length))
      chunk.copy(room, bytes)
      bytes += chunk.length
      // The rest would be missing: what stands at the end of a page, such as the block, could not be told from what is not there.
      if (bytes > MOST_BYTES) done(failed(failureOf('too-large', `${MOST_BYTES / 1e6} MB`)))
    })
    .on('end', finish)
}

const UNPACK: Readonly<Record<string, (packed: Buffer, limit: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

// Nobody asked for it, and some send it all the same. As in browsers, a name that nobody knows says nothing.
const unpacked = (body: Buffer, encoding = ''): Buffer => {
  const name = encoding.toLowerCase()
  const unpack = Object.hasOwn(UNPACK, name) && body.length > 0 ? UNPACK[name] : undefined
  return unpack?.(body, { maxOutputLength: MOST_BYTES }) ?? body
}

// A PHP file that was saved with a byte order mark puts one before its answer, and browsers pass it over.
const jsonOf = (body: Buffer): unknown => attempt(() => JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')))
