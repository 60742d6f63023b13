import type { ServerResponse } from 'node:http'
import { type Call, expectsJson, isObject } from './call'

/** An HTTP answer before it is written. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
  /** @default at once */
  readonly pace?: Pace | undefined
  /** Hears that the answer is on its way, or that its client has gone. */
  readonly sent?: (() => void) | undefined
}

/** The headers of an answer, by name. */
export type ReplyHeaders = Reply['headers']

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/**
 * What says where an answer ends and what becomes of its connection: the server's own business. Node throws for some of
 * them beside a length, and the others would break the answer. Source: RFC 9110, 7.6.1; RFC 9112, 6.
 */
const OF_THE_CONNECTION =
  /^(connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i

/** True for the name of a header that is the connection's, not the message's. */
export const isOfTheConnection = (name: string): boolean => OF_THE_CONNECTION.test(name)

/** True for an object of headers that can be sent, by name. Never throws. */
export const areHeaders = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) &&
  Object.entries(value).every(
    ([name, text]) =>
      HEADER_NAME.test(name) && !isOfTheConnection(name) && typeof text === 'string' && HEADER_VALUE.test(text),
  )

/** What `areHeaders` takes, in words. */
export const HEADERS_TAKE = 'an object of header names and values, none of the connection or of a length'

/** A JSON answer. */
export const json = (status: number, value: unknown, headers: ReplyHeaders = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** A plain text answer. */
export const text = (status: number, body: string): Reply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body,
})

/** An HTML answer. */
export const html = (status: number, body: string, headers: ReplyHeaders = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  body,
})

/** What makes a browser and every cache between keep nothing of a person's answer. */
export const PRIVATE: ReplyHeaders = { 'Cache-Control': 'private, no-store' }

/**
 * How an answer is written other than at once. `never`: not at all, and the connection stays. `cut`: the connection
 * ends instead. `slow`: the headers at once, then `bytes` of the body every `everyMs`.
 */
type Pace =
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

const TITLES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  419: 'Page Expired',
  503: 'Service Unavailable',
}

/** An error as Laravel writes it: JSON with a message for scripts, a page with a title for everybody else. */
export const failure = (call: Call, status: number, message: string, headers: ReplyHeaders = {}): Reply =>
  expectsJson(call)
    ? json(status, { message }, headers)
    : html(status, errorPage(TITLES[status] ?? 'Server Error'), headers)

/** A small HTML page that says one thing. The title is not escaped. */
export const errorPage = (title: string): string =>
  `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body>${title}</body></html>\n`
