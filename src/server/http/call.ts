import type { IncomingHttpHeaders } from 'node:http'
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
