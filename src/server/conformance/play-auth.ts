import { parseObject } from '../http/call'
import { readCookie } from '../http/routes'
import { signChannel } from '../reverb/signature'
import type { RecordedSection } from './recording'
import { RECORDED_KEY } from './recordings'
import { compare, type Finding, untried, type Verdict } from './report'
import { type AuthDoor, ask, type Credentials, type HttpAnswer, type Question, type Target } from './target'
import { type AuthEntry, authAnswer, corsAnswer } from './transcript'

/** Asks an auth endpoint what the recorder asked one, and compares the answers. */
export const playAuth = async (
  { name, lines }: RecordedSection<AuthEntry>,
  { door, main }: Target,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const { number, entry } of lines) {
    const verdict = door ? await playAuthCall(door, main, entry) : untried('needs an auth endpoint')
    findings.push({ recording: 'auth.txt', section: name, line: number, verdict })
  }
  return findings
}

const playAuthCall = async (door: AuthDoor, main: Credentials, { call, answer }: AuthEntry): Promise<Verdict> => {
  const question = AUTH_CALLS[call]?.(door) ?? `nobody knows how to ask "${call}"`
  if (typeof question === 'string') return untried(question)
  const answered = await ask(question)
  const got = question.method === 'OPTIONS' ? corsOf(answered) : answerOf(answered, question, main)
  return compare(answer.replace(RECORDED_SIGNATURE, SIGNED), got)
}

const corsOf = ({ status, headers }: HttpAnswer): string =>
  corsAnswer(
    status,
    Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
  )

/** A signature that is good for what was asked is what was recorded; any other stays as it is, and is seen. */
const answerOf = ({ status, headers, body }: HttpAnswer, question: Question, { key, secret }: Credentials): string => {
  const answer = authAnswer(status, String(headers['content-type'] ?? ''), body)
  const { channel_data: data = '' } = parseObject(body)
  const good = signChannel(secret, ASKING_SOCKET, channelAsked(question), String(data))
  return answer.replace(`"${key}:${good}"`, SIGNED)
}

const channelAsked = ({ url, body = '' }: Question): string =>
  /channel_name"?[=:]"?([\w.-]+)/.exec(`${url} ${body}`)?.[1] ?? ''

const RECORDED_SIGNATURE = new RegExp(`"${RECORDED_KEY}:[0-9a-f]{64}"`)

const SIGNED = '"<key>:<signature>"'

/** The socket that asks. It need not be open: nobody looks. */
const ASKING_SOCKET = '769509519.357840300'

const JSON_PLEASE = { accept: 'application/json' }
const OWN = { socket_id: ASKING_SOCKET, channel_name: 'private-App.Models.User.1' }

const form = (
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Question => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

/** A question for a door; a sentence when this door cannot be asked that. */
type Asking = (door: AuthDoor) => Question | string

const own =
  (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = JSON_PLEASE): Asking =>
  ({ url, cookie }) =>
    form(url, fields, { cookie, ...headers })

const channel = (channel_name: string): Readonly<Record<string, string>> => ({ ...OWN, channel_name })

const strict =
  (headersOf: (door: AuthDoor) => Readonly<Record<string, string>>): Asking =>
  (door) =>
    door.strictUrl === null
      ? 'needs an auth endpoint behind the CSRF check'
      : form(door.strictUrl, OWN, { cookie: door.cookie, ...headersOf(door) })

const check =
  (cookieOf: (door: AuthDoor) => Readonly<Record<string, string>>, isNews: boolean): Asking =>
  (door) => {
    if (!door.check) return "needs the guide's check"
    if (isNews) door.check.change()
    return { url: door.check.url, headers: { ...JSON_PLEASE, ...cookieOf(door) } }
  }

const preflight =
  (origin: (door: AuthDoor) => string, headers: Readonly<Record<string, string>>): Asking =>
  (door) =>
    door.allowedOrigin === null
      ? 'needs an origin that may ask from elsewhere'
      : {
          url: door.url,
          method: 'OPTIONS',
          headers: { origin: origin(door), 'access-control-request-method': 'POST', ...headers },
        }

/** Every call of auth.txt, by the recorder's words. */
const AUTH_CALLS: Readonly<Record<string, Asking>> = {
  'own channel, form body': own(OWN),
  'own channel, JSON body': ({ url, cookie }) => ({
    url,
    method: 'POST',
    headers: { cookie, ...JSON_PLEASE, 'content-type': 'application/json' },
    body: JSON.stringify(OWN),
  }),
  'GET with query': ({ url, cookie }) => ({
    url: `${url}?${new URLSearchParams(OWN)}`,
    headers: { cookie, ...JSON_PLEASE },
  }),
  "user 2's channel, Accept: json": own(channel('private-App.Models.User.2')),
  "user 2's channel, no Accept (pusher-js default)": own(channel('private-App.Models.User.2'), {}),
  "user 2's channel, X-Requested-With": own(channel('private-App.Models.User.2'), {
    'x-requested-with': 'XMLHttpRequest',
  }),
  'unknown channel name': own(channel('private-nobody')),
  'User.01 (leading zero; (int) compare)': own(channel('private-App.Models.User.01')),
  'malformed socket_id': own({ ...OWN, socket_id: 'malformed' }),
  'no socket_id': own({ channel_name: OWN.channel_name }),
  'no channel_name': own({ socket_id: ASKING_SOCKET }),
  'public channel name': own(channel('public')),
  'presence-cart.1': own(channel('presence-cart.1')),
  'strict, no token, Accept: json': strict(() => JSON_PLEASE),
  'strict, no token, no Accept': strict(() => ({})),
  'strict, X-XSRF-TOKEN from the cookie (url-decoded)': strict(({ cookie }) => ({
    ...JSON_PLEASE,
    'x-xsrf-token': readCookie(cookie, 'XSRF-TOKEN') ?? '',
  })),
  'check-updates, session': check(({ cookie }) => ({ cookie }), true),
  'no session: own channel': ({ url }) => form(url, OWN, JSON_PLEASE),
  'no session: check-updates': check(() => ({}), false),
  'garbage session cookie': ({ url, cookie }) =>
    form(url, OWN, { ...JSON_PLEASE, cookie: cookie.replace(/=[^;]*/g, '=garbage') }),
  'CORS preflight': preflight(({ allowedOrigin }) => allowedOrigin ?? '', {
    'access-control-request-headers': 'x-csrf-token,content-type',
  }),
  'CORS from other origin': preflight(() => 'https://elsewhere.example.test', {}),
}
