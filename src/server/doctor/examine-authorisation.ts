import { isRecord, own } from '../../engine/shape'
import type { Cookies } from './cookies'
import type { ExaminedReverb } from './examine-reverb'
import type { Facts } from './facts'
import { type Finding, found, right, shown } from './finding'
import { collidingId, strangersId } from './ids'
import type { Outcome, Send } from './request'
import { errorCodeOf, type Line } from './socket'

/** What authorisation is examined with. */
interface AuthorisationOptions {
  readonly facts: Facts
  readonly endpoint: URL
  readonly user: string
  readonly open: ExaminedReverb['open']
  readonly cookies: Cookies
  readonly send: Send
}

/** What came of asking for channels. */
interface ExaminedAuthorisation {
  readonly findings: readonly Finding[]
  /** The shopper's own channel, once it is subscribed on the line; else null. */
  readonly subscribed: string | null
}

/** Whether the shop lets the shopper onto their own channel, and onto nobody else's. Never rejects. */
export const examineAuthorisation = async (options: AuthorisationOptions): Promise<ExaminedAuthorisation> => {
  const { endpoint, facts, user, open } = options
  const ask = (id: string): Promise<Outcome> => post(options, `private-${facts.channelOf(id)}`)
  const own = await ask(user)
  const isNobody = Object.keys(options.cookies.header()).length === 0
  const refused = refusalOf(endpoint, own, isNobody)
  // 403 for everybody would say nothing of others.
  if (refused) return { findings: [refused], subscribed: null }

  const channel = `private-${facts.channelOf(user)}`
  const auth = authOf(own)
  if (auth === null) {
    const finding = found(
      'authorisation-unsigned',
      `${shown(endpoint)} allows the shopper’s channel, and signs nothing.`,
    )
    return { findings: [finding], subscribed: null }
  }
  const unheard = open && (await whyUnsubscribed(open.line, channel, auth))
  const findings = unheard ? [unheard] : []
  const others = await onOthers(user, ask)
  const goods = [
    unheard ? null : open ? 'the shopper’s channel is subscribed' : 'the shopper’s channel is authorised',
    others.some(({ status }) => status === 'wrong') ? null : 'another’s is refused',
  ].filter((good) => good !== null)
  if (goods.length > 0) findings.push(right('authorisation', `By ${shown(endpoint)} ${goods.join(', ')}.`))
  return { findings: [...findings, ...others], subscribed: open && !unheard ? channel : null }
}

const post = ({ facts, endpoint, open, cookies, send }: AuthorisationOptions, channel: string): Promise<Outcome> => {
  // A made-up one, of the form that Laravel wants, is authorised just so.
  const body = new URLSearchParams({ socket_id: open?.socketId ?? '1.1', channel_name: channel })
  return send(endpoint, {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Requested-With': 'XMLHttpRequest',
      Origin: facts.origin,
      Referer: `${facts.origin}/`,
      ...tokenOf(facts, cookies),
    },
    body: String(body),
  })
}

const tokenOf = ({ csrfToken }: Facts, cookies: Cookies): Record<string, string> => {
  if (csrfToken) return { 'X-CSRF-TOKEN': csrfToken }
  const token = cookies.value('XSRF-TOKEN')
  return token ? { 'X-XSRF-TOKEN': decoded(token) } : {}
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `isNobody`: it was asked without any cookie. */
const refusalOf = (endpoint: URL, { reply, failure }: Outcome, isNobody: boolean): Finding | null => {
  const at = shown(endpoint)
  if (!reply) return found('authorisation-unreachable', `${at} ${failure.what}.`, failure.first)
  const { status, isJson } = reply
  const answers = `${at} answers HTTP ${status}`
  if (status >= 300 && status < 400) return found('authorisation-redirects', `${answers}, a redirect.`)
  if (status === 404 || status === 405) return found('authorisation-not-found', `${answers}.`)
  if (status === 419) return found('authorisation-csrf', `${answers}: it misses a CSRF token that fits.`)
  if (status >= 500) return found('authorisation-fails', `${answers}.`)
  if (!isJson && reply.body.length > 0)
    return found('authorisation-html', `${answers} with ${kindOf(reply.headers['content-type'])}, not JSON.`)
  if (status >= 400 && isNobody)
    return found(
      'authorisation-refused',
      `${answers}, asked without a cookie.`,
      'give the cookies of a shopper who is logged in (CART_ECHO_COOKIE).',
    )
  if (status >= 400) return found('authorisation-refused', `${answers} for the shopper’s own channel.`)
  return null
}

const kindOf = (type: string | undefined): string => type?.split(';', 1)[0] || 'no type'

const authOf = ({ reply }: Outcome): string | null => {
  const auth = isRecord(reply?.json) ? own(reply.json, 'auth') : null
  return typeof auth === 'string' && auth !== '' ? auth : null
}

/** Joins a private channel; the finding why not, or null once it is joined. Never rejects. */
export const whyUnsubscribed = async (line: Line, channel: string, auth: string): Promise<Finding | null> => {
  line.say('pusher:subscribe', { channel, auth })
  const answer = await line.hear(
    (frame) =>
      errorCodeOf(frame) !== null ||
      (frame.channel === channel && /^pusher(_internal:subscription_succeeded|:subscription_error)$/.test(frame.event)),
  )
  if (answer?.event === 'pusher_internal:subscription_succeeded') return null
  if (answer === null) return found('authorisation-silent', 'Reverb does not say that the channel is subscribed.')
  const code = errorCodeOf(answer)
  return found(
    'authorisation-signature',
    `Reverb refuses the signature that the shop gives${code ? ` (${code})` : ''}.`,
  )
}

const onOthers = async (user: string, ask: (id: string) => Promise<Outcome>): Promise<readonly Finding[]> => {
  const stranger = await ask(strangersId(user))
  if (authOf(stranger) !== null)
    return [found('authorisation-others', 'The shopper is let onto the channel of another user.')]
  const { reply } = stranger
  const strange = reply && (reply.status !== 403 || (!reply.isJson && reply.body.length > 0))
  const says = `For the channel of another user it answers HTTP ${reply?.status} with ${kindOf(reply?.headers['content-type'])}.`
  const notes = strange ? [found('authorisation-others-strange', says)] : []
  if (authOf(await ask(collidingId(user))) === null) return notes
  const isInteger = /^\d+$/.test(user)
  return [
    ...notes,
    found(
      isInteger ? 'authorisation-casts-integers' : 'authorisation-casts',
      'The shopper is let onto the channel of another id, which is theirs only as an integer.',
    ),
  ]
}
