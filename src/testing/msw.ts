import { type HttpHandler, HttpResponse, http } from 'msw'
import { type Canned, json } from './answers'
import { insistOnOneOf } from './misuse'
import type { FakeShop } from './shop'

/** Where a page asks. */
export interface HandlerOptions {
  /** The address of the endpoint, as `http.get()` of msw takes it. Default: the path of Laravel's own or of the guide, on any host. */
  url?: string | undefined
}

/**
 * What the endpoint of channel authorisation may answer, by name: `granted`, a lost session or somebody else's channel (`forbidden`, 403), a CSRF token that is no longer
 * valid (419, of custom routes only), and whatever else can stand there.
 */
export type AuthAnswer = keyof typeof AUTH_ANSWERS

/** Channel authorisation, with what it was asked. */
export interface AuthHandlers {
  /** For `setupServer(...)` or `setupWorker(...)`. */
  readonly handlers: readonly HttpHandler[]
  /** What is answered from now on. */
  readonly answer: (answer: AuthAnswer) => void
  /** The channels that were asked for, on which socket, and what was answered: an HTTP status, `network-error`, or `no-answer`. Oldest first. */
  readonly asked: readonly AuthQuestion[]
}

/** One question of channel authorisation. */
export interface AuthQuestion {
  readonly channel: string | null
  readonly socketId: string | null
  readonly answered: number | 'network-error' | 'no-answer'
}

const refusal = (status: number, message: string) => (): Canned => json({ message }, status)

const page = (status: number) => (): Canned => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html>',
})

const AUTH_ANSWERS = {
  // Of the form of a signature, by no secret.
  granted: (): Canned => json({ auth: `fake-app:${'0'.repeat(64)}` }),
  unauthenticated: refusal(401, 'Unauthenticated.'),
  forbidden: refusal(403, ''),
  'page-expired': refusal(419, 'CSRF token mismatch.'),
  'not-found': refusal(404, 'Not Found'),
  'too-many-requests': refusal(429, 'Too Many Attempts.'),
  'server-error': refusal(500, 'Server Error'),
  maintenance: refusal(503, 'Service Unavailable'),
  'log-in-page': page(200),
  'challenge-page': page(403),
  redirect: (): Canned => ({ status: 302, headers: { Location: '/login' }, body: '' }),
  'network-error': (): Canned => 'network-error',
  'no-answer': (): Canned => 'no-answer',
} as const satisfies Record<string, () => Canned>

const respond = async (canned: Canned): Promise<Response> => {
  if (canned === 'network-error') return HttpResponse.error()
  // No timer: one would keep a test's process alive.
  if (canned === 'no-answer') return new Promise(() => undefined)
  const { status, headers, body } = canned
  return new HttpResponse(status === 204 || status === 304 ? null : body, { status, headers })
}

/**
 * Handlers of msw for the check of a shop, by `createFakeShop()`: it answers what its log says, or what it was told to, and writes down what it was asked. For pages that ask
 * by the real `fetch`.
 */
export const checkHandlers = (shop: FakeShop, options: HandlerOptions = {}): readonly HttpHandler[] => {
  const { url = '*/api/cart/check-updates' } = options
  return [http.get(url, ({ request }) => respond(shop.respond(request.url)))]
}

/**
 * Handlers of msw for channel authorisation, as Laravel's `/broadcasting/auth`.
 * @throws {CartEchoError} `invalid-options` for a name that is no answer; so does `answer()`.
 */
export const authHandlers = (first: AuthAnswer = 'granted', options: HandlerOptions = {}): AuthHandlers => {
  const { url = '*/broadcasting/auth' } = options
  const asked: AuthQuestion[] = []
  let answer = insistOnOneOf('authHandlers()', AUTH_ANSWERS, first)
  const handler = http.post(url, async ({ request }) => {
    const form = new URLSearchParams(await request.text())
    const canned = AUTH_ANSWERS[answer]()
    const answered = typeof canned === 'string' ? canned : canned.status
    asked.push({ channel: form.get('channel_name'), socketId: form.get('socket_id'), answered })
    return respond(canned)
  })
  return {
    handlers: [handler],
    answer: (next) => {
      answer = insistOnOneOf('answer()', AUTH_ANSWERS, next)
    },
    asked,
  }
}
