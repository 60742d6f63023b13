import { createHash } from 'node:crypto'
import { type IncomingHttpHeaders, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isObject, parseJson } from '../http/call'
import { sign } from '../reverb/signature'
import { fillElided, readElided } from './elided'

/** A key and its secret. */
export interface Credentials {
  readonly id: string
  readonly key: string
  readonly secret: string
}

/** A session of customer 1 at an auth endpoint. */
export interface AuthDoor {
  /** The endpoint, such as `http://127.0.0.1:8000/broadcasting/auth`. */
  readonly url: string
  /** The `Cookie` header of the session. */
  readonly cookie: string
  /** The same endpoint behind the CSRF check; null: there is none. */
  readonly strictUrl: string | null
  /** The check of the guide's server, and how to make something new for it to tell; null: there is none. */
  readonly check: { readonly url: string; change(): void } | null
  /** The origin that may ask from elsewhere (CORS); null: there is none. */
  readonly allowedOrigin: string | null
}

/** The time a keep-alive recording is played in. */
export interface Clock {
  /** Lets the server's time come to so many seconds after the recording began. */
  reach(atS: number): Promise<void>
  /** How long to wait for a frame. */
  readonly patienceMs: number
}

/** A server that is compared with the recordings. */
export interface Target {
  /** Without a slash at the end: `ws://127.0.0.1:8080`. */
  readonly wsUrl: string
  readonly httpUrl: string
  /** What stands for the recorded `cart-bed-key`. */
  readonly main: Credentials
  /** The recorded applications that are there as well, by key. */
  readonly others: ReadonlyMap<string, Credentials>
  readonly door: AuthDoor | null
  /** How long to wait for a frame. */
  readonly patienceMs: number
}

/** A signed call of the HTTP API. */
interface ApiCall {
  readonly method: string
  /** Below `/apps/{id}`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** Calls the HTTP API as publishers do. Source: Pusher HTTP API. */
export const callApi = (httpUrl: string, { id, key, secret }: Credentials, call: ApiCall): Promise<HttpAnswer> => {
  const body = call.body === undefined ? '' : JSON.stringify(call.body)
  const path = `/apps/${id}${call.path}`
  const params: Record<string, string> = {
    ...call.query,
    auth_key: key,
    auth_timestamp: String(Math.floor(Date.now() / 1_000)),
    auth_version: '1.0',
    ...(body !== '' && { body_md5: createHash('md5').update(body).digest('hex') }),
  }
  const query = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
  const signature = sign(secret, [call.method, path, query].join('\n'))
  return ask({
    url: `${httpUrl}${path}?${query}&auth_signature=${signature}`,
    method: call.method,
    headers: body === '' ? {} : { 'content-type': 'application/json' },
    body,
  })
}

/** One event, as the HTTP API takes it. */
interface Edition {
  readonly name: string
  readonly data: string
  readonly channels: readonly string[]
}

/** Publishes what the recorder's shop published, for the frames that were heard. */
export interface Press {
  /** Publishes what makes this recorded frame. Does nothing for frames that no publisher causes. */
  printFor(frame: string): void
  /** Publishes the last event again. */
  printAgain(): void
  /** Publishes an event of the last name with so many letters in it. */
  printLarge(letters: number): void
  /** What the last publish was answered. */
  answer(): Promise<HttpAnswer>
}

/** A press that has not printed. */
export const createPress = ({ httpUrl, main }: Target): Press => {
  const last: { edition: Edition; answer: Promise<HttpAnswer> | null } = { edition: NOTHING, answer: null }
  const print = (edition: Edition): void => {
    last.answer = callApi(httpUrl, main, { method: 'POST', path: '/events', body: edition })
    // The answer may never be asked for.
    last.answer.catch(() => {})
  }

  return {
    printFor: (frame) => {
      const edition = editionOf(frame, last.edition)
      if (!edition) return
      last.edition = edition
      print(edition)
    },
    printAgain: () => print(last.edition),
    printLarge: (letters) => print({ ...last.edition, data: JSON.stringify({ message: 'x'.repeat(letters) }) }),
    answer: () => last.answer ?? Promise.reject(new Error('Nothing was published.')),
  }
}

const NOTHING: Edition = { name: 'news', data: '{}', channels: [] }

/** The event behind a frame; null for the protocol's own frames and for whispers. */
const editionOf = (recorded: string, before: Edition): Edition | null => {
  const elided = readElided(recorded)
  const ending = String.raw`\"}","channel":"${before.channels[0] ?? ''}"}`
  const frame = parseJson(elided ? fillElided(elided, ending) : recorded)
  if (!isObject(frame) || typeof frame.event !== 'string' || /^(pusher[:_]|client-)/.test(frame.event)) return null
  return { name: frame.event, data: String(frame.data), channels: [String(frame.channel)] }
}

/** What is asked over HTTP. */
export interface Question {
  readonly url: string
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** What was answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Asks over a connection of its own, with no headers but those given: what `fetch` adds would change the answer.
 * Rejects when nothing is there.
 */
export const ask = ({ url, method = 'GET', headers = {}, body = '' }: Question): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const open = url.startsWith('https:') ? secureRequest : request
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = open(url, { method, headers: { ...headers, ...length }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject).end(body)
  })

/** Asks an auth endpoint as pusher-js does: a form, with the session's cookie. */
export const askDoor = ({ url, cookie }: AuthDoor, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> =>
  ask({
    url,
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })

/** Takes from a line what is different on every run: socket ids, keys of handshakes, signatures, remarks in brackets. */
export const normalise = (line: string): string =>
  line
    .replace(/(\\"socket_id\\":\\")\d+\.\d+/, '$1<socket id>')
    .replace(/("sec-websocket-accept":")[^"]*/, '$1<accept>')
    .replace(/("auth":"[^":]*:)[0-9a-f]{64}/, '$1<signature>')
    .replace(/(readyState \d).*$/, '$1')

/** A frame in the one way JSON.stringify writes it: servers may escape as they like. Text that is no JSON stays. */
export const rewriteJson = (text: string): string => {
  const value = parseJson(text)
  return isObject(value) ? JSON.stringify(value) : text
}
