import { unfit } from '../engine/errors'
import { isRecord, own } from '../engine/shape'
import type { CheckAnswer } from './builders'
import { insistOnFields, insistOnOneOf, isAmount, unless, unlessJson, type Wrong } from './misuse'

/**
 * What the check may answer, by name: the rows of docs/protocol.md. `usual`: what the log says, or, on a shop without one, what the guide's own check
 * says. Those of HTML are no answers of the shop's: `log-in-page` and `redirect` are what a lost session looks like to whoever follows redirects.
 */
export type CheckAnswerName = keyof typeof ANSWERS

/** An answer of your own making. */
export interface RawAnswer {
  /** Default 200. */
  status?: number | undefined
  /** Default: JSON, not to be stored. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Text as it is; everything else as JSON. Default: nothing. */
  body?: unknown
}

/** What the check says: an answer by name, a body from `anAnswer()`, or a response of your own making. */
export type AnyAnswer = CheckAnswerName | CheckAnswer | (RawAnswer & { readonly updated?: undefined })

/** What goes with an answer. */
export interface AnswerOptions {
  /** How many times it is given. Default 1; `Infinity`: until the next call. */
  times?: number | undefined
  /** For `too-many-requests` and `maintenance`: the `Retry-After` header, in seconds. Default: none. */
  retryAfterS?: number | undefined
  /** For `reset`: over how long pages spread the refresh. Default: the page's own. */
  spreadMs?: number | undefined
}

/** A response as it goes out. `network-error`: none comes; `no-answer`: none ever comes. */
export type Canned =
  | 'network-error'
  | 'no-answer'
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** What an answer is made from. */
export interface Asked {
  /** What the log says to this question. */
  readonly usual: () => CheckAnswer
  readonly owner: string
  readonly cursor: string
  readonly fresh: string | null
  readonly options: AnswerOptions
}

/** JSON that nobody may keep, as Laravel sends it. */
export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Canned => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'private, no-store', ...headers },
  body: JSON.stringify(body),
})

const html = (status: number, title: string): Canned => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body: `<!DOCTYPE html><title>${title}</title>`,
})

const refusal =
  (status: number, message: string) =>
  ({ options: { retryAfterS } }: Asked): Canned =>
    json({ message }, status, retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) })

/** A log's answer without events, but for what is given. */
const says =
  (block: (asked: Asked) => Partial<NonNullable<CheckAnswer['cart_echo']>>) =>
  (asked: Asked): Canned =>
    json({
      updated: false,
      message: null,
      cart_echo: { owner: asked.owner, cursor: asked.cursor, fresh: asked.fresh, events: [], ...block(asked) },
    })

const empty =
  (status: number): (() => Canned) =>
  () => ({ status, headers: {}, body: '' })

const ANSWERS = {
  usual: (asked: Asked): Canned => {
    const { cart_echo, ...rest } = asked.usual()
    return json(cart_echo ? { ...rest, cart_echo: { ...cart_echo, fresh: asked.fresh } } : rest)
  },
  'no-content': empty(204),
  'not-modified': empty(304),
  reset: says(({ options: { spreadMs } }) => ({ reset: true, spread_ms: spreadMs })),
  'other-user': says(({ owner }) => ({ owner: `not-${owner}` })),
  'older-replica': says(({ cursor }) => ({ cursor: `${cursor.split(':')[0]}:0` })),
  'switched-off': says(() => ({ enabled: false })),
  cached: says(() => ({ fresh: 'of-another-request' })),
  'without-log': () => json({ updated: false, message: null }),
  unauthenticated: refusal(401, 'Unauthenticated.'),
  forbidden: refusal(403, ''),
  'page-expired': refusal(419, 'CSRF token mismatch.'),
  'not-found': refusal(404, 'Not Found'),
  'method-not-allowed': refusal(405, 'Method Not Allowed'),
  gone: refusal(410, 'Gone'),
  unprocessable: refusal(422, 'The given data was invalid.'),
  locked: refusal(423, 'Locked'),
  'too-many-requests': refusal(429, 'Too Many Attempts.'),
  maintenance: refusal(503, 'Service Unavailable'),
  'server-error': refusal(500, 'Server Error'),
  'server-error-page': () => html(500, 'Server Error'),
  'bad-gateway': () => html(502, 'Bad Gateway'),
  'gateway-timeout': () => html(504, 'Gateway Time-out'),
  'log-in-page': () => html(200, 'Log in'),
  'challenge-page': () => html(403, 'Just a moment...'),
  redirect: (): Canned => ({ status: 302, headers: { Location: '/login' }, body: '' }),
  'broken-json': (): Canned => ({
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: '{"updated": tr',
  }),
  'network-error': (): Canned => 'network-error',
  'no-answer': (): Canned => 'no-answer',
} as const satisfies Record<string, (asked: Asked) => Canned>

/** The names of all answers. */
export const answerNames = (): readonly CheckAnswerName[] => Object.keys(ANSWERS) as CheckAnswerName[]

/**
 * Looks at what a test wants to be answered, for the page that is answered could only say that the check failed.
 * @throws {CartEchoError} `invalid-options` for a name that is none, for what is no answer, and for options that are none.
 */
export const insistOnAnswer = (answer: unknown, options: unknown): void => {
  insistOnFields('answer(…, options)', OPTIONS, options)
  if (typeof answer === 'string') insistOnOneOf('answer()', ANSWERS, answer)
  else if (!isRecord(answer)) throw unfit('invalid-options', 'answer()', WHAT, answer)
  else if (own(answer, 'updated') === undefined) insistOnFields('answer()', RAW, answer)
  else if (unlessJson(answer)) throw unfit('invalid-options', 'answer()', WHAT, answer)
}

const WHAT = 'a name, a body by anAnswer(), or { status, headers, body }'

const RAW: Readonly<Record<keyof RawAnswer, Wrong>> = {
  status: unless(
    'an HTTP status, 200 to 599',
    (value: number) => Number.isInteger(value) && value >= 200 && value < 600,
  ),
  headers: unless(
    'an object of strings',
    (value: unknown) => isRecord(value) && Object.values(value).every((header) => typeof header === 'string'),
  ),
  body: unlessJson,
}

const OPTIONS: Readonly<Record<keyof AnswerOptions, Wrong>> = {
  times: unless(
    '1 or more, or Infinity',
    (value: number) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value > 0),
  ),
  retryAfterS: unless('seconds, 0 or more', isAmount),
  spreadMs: unless('milliseconds, 0 or more', isAmount),
}

/** The response of an answer to a question. */
export const cannedOf = (answer: AnyAnswer, asked: Asked): Canned => {
  if (typeof answer === 'string') return ANSWERS[answer](asked)
  if (answer.updated !== undefined) return ANSWERS.usual({ ...asked, usual: () => answer })
  const { status = 200, headers, body = '' } = answer
  if (typeof body !== 'string') return json(body, status, headers)
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body }
}
