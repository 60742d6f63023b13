import { createHash, randomUUID } from 'node:crypto'
import { isRecord, own } from '../../engine/shape'
import { sign, signChannel } from '../reverb/signature'
import { whyUnsubscribed } from './examine-authorisation'
import type { Facts, ReverbPlace } from './facts'
import { type Finding, found, right, shown } from './finding'
import type { Outcome, Send } from './request'
import type { Line } from './socket'

/** What an event is published with. */
interface EventOptions {
  readonly facts: Facts
  readonly place: ReverbPlace
  /** To whom. */
  readonly user: string
  readonly appId: string
  readonly secret: string
  readonly open: { readonly line: Line; readonly socketId: string }
  /** The channel that is subscribed already; null: none. */
  readonly subscribed: string | null
  readonly send: Send
  nowMs(): number
}

/** The name of the event: dotted, as those of carts are, and nobody listens to it. */
const EVENT = 'cart-echo.doctor'

/** Publishes an event of the doctor's own, as Laravel does, and listens for it. Never rejects. */
export const examineEvent = async (options: EventOptions): Promise<readonly Finding[]> => {
  const { facts, open, place, secret, subscribed, user } = options
  const channel = `private-${facts.channelOf(user)}`
  if (subscribed !== channel) {
    const auth = `${place.key}:${signChannel(secret, open.socketId, channel)}`
    const refused = await whyUnsubscribed(open.line, channel, auth)
    if (refused) return [found('event-refused', 'Reverb refuses a signature made with the given secret.')]
  }
  const mark = randomUUID()
  const address = eventsAddress(options)
  const outcome = await publish(
    options,
    address,
    JSON.stringify({ name: EVENT, channel, data: JSON.stringify({ mark }) }),
  )
  const refused = refusalOf(outcome, address)
  if (refused) return [refused]
  const heard = await open.line.hear(({ data }) => isRecord(data) && own(data, 'mark') === mark)
  if (!heard) return [found('event-not-heard', `${EVENT} was published, and is not heard.`)]
  if (heard.event !== EVENT)
    return [found('event-renamed', `${EVENT} was published, and is heard as "${heard.event}".`)]
  return [right('event', `${EVENT} was published, and is heard under its dotted name.`)]
}

const eventsAddress = ({ place: { host, port, isTls, path }, appId }: EventOptions): URL =>
  new URL(`http${isTls ? 's' : ''}://${host}:${port}${path}/apps/${encodeURIComponent(appId)}/events`)

/** `POST /apps/{id}/events`, signed. Source: Pusher HTTP API. */
const publish = ({ place, secret, send, nowMs }: EventOptions, address: URL, body: string): Promise<Outcome> => {
  const query = new URLSearchParams({
    auth_key: place.key,
    auth_timestamp: String(Math.floor(nowMs() / 1_000)),
    auth_version: '1.0',
    body_md5: createHash('md5').update(body).digest('hex'),
  })
  // With the prefix of `REVERB_SERVER_PATH`, as Laravel signs it. Source: pusher-php-server, `base_path`.
  query.set('auth_signature', sign(secret, ['POST', address.pathname, query].join('\n')))
  const signed = new URL(`${address}?${query}`)
  return send(signed, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, asShopper: false })
}

const refusalOf = ({ reply, failure }: Outcome, address: URL): Finding | null => {
  if (!reply) return found('event-not-taken', `${shown(address)} ${failure.what}.`)
  const { status } = reply
  if (status === 200) return null
  const answers = `${shown(address)} answers HTTP ${status}`
  if (status === 401) return found('event-refused', `${answers}: the secret is another.`)
  if (status === 404) return found('event-refused', `${answers}: there is no such app, or Reverb’s API is not there.`)
  return found('event-not-taken', `${answers}.`)
}
