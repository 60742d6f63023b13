import { type Call, type Handler, parseJson } from '../http/call'
import { json, type Reply, text } from '../http/reply'
import { firstOf, type Params, route } from '../http/routes'
import type { RunningApplication } from './application'
import { channelInfo, channelInfos, kindOf, usersAmong } from './channels'
import { decodeBatch, decodePublication, type Publication } from './publication'
import { isApiSignature } from './signature'

/** What the HTTP API answers from. */
interface HttpApiOptions {
  readonly applications: readonly RunningApplication[]
  /** The largest request, in bytes of the whole of it. */
  readonly maxRequestSize: number
  readonly publish: Publish
}

/**
 * The HTTP side of Reverb: publishes, questions about channels and connections, `GET /up` for monitors. Everything
 * below `/app` and `/apps` is Reverb's; what it does not know there is 404. Recorded: Reverb 1.10.2.
 */
export const createHttpApi = (options: HttpApiOptions): Handler => {
  const signedRoutes = [...publishRoutes(options.publish), ...channelRoutes]
  const routes = signedRoutes.map(([method, path, answer]) =>
    route(method, `/apps/:id${path}`, (call, params) => signed(options, call, params, answer)),
  )
  return firstOf([
    route('GET', '/up', () => json(200, { health: 'OK' })),
    withinSize(options.maxRequestSize),
    ...routes,
    route('GET', '/app/:key', () => text(500, 'Internal server error.')),
    (call) => (isOurs(call) ? text(404, 'Not found.') : null),
  ])
}

const isOurs = ({ path }: Call): boolean => /^\/apps?\//.test(path)

/** Said before anything else is looked at, even whose application it is. */
const withinSize =
  (maxRequestSize: number): Handler =>
  (call) =>
    isOurs(call) && call.headBytes + call.body.length > maxRequestSize ? text(413, 'Payload too large.') : null

const signed = ({ applications }: HttpApiOptions, call: Call, params: Params, answer: SignedAnswer): Reply => {
  const application = applications.find(({ settings }) => settings.id === params.id)
  if (!application) return text(404, `No matching application for ID [${params.id}].`)
  if (!isApiSignature(application.settings.secret, call)) return text(401, 'Authentication signature invalid.')
  return answer(application, call, params)
}

/** What publishers may ask about channels and connections. Recorded: Reverb 1.10.2. */
const channelRoutes: readonly SignedRoute[] = [
  ['GET', '/connections', ({ channels }) => json(200, { connections: channels.subscribed().size })],
  [
    'GET',
    '/channels',
    ({ channels }, { query }) => {
      const names = channels.names().filter((name) => name.startsWith(query.get('filter_by_prefix') ?? ''))
      return json(200, { channels: channelInfos(channels, names, query.get('info') ?? '') })
    },
  ],
  [
    'GET',
    '/channels/:channel',
    ({ channels }, { query }, { channel = '' }) =>
      json(200, channelInfo(channels, channel, `${query.get('info') ?? ''},occupied`)),
  ],
  ['GET', '/channels/:channel/users', (application, _, { channel = '' }) => usersOf(application, channel)],
]

const usersOf = ({ channels }: RunningApplication, channel: string): Reply => {
  const members = channels.members(channel)
  if (members.length === 0) return json(404, {})
  if (!kindOf(channel).presence) return json(400, {})
  return json(200, { users: usersAmong(members).map(({ user_id: id }) => ({ id })) })
}

/** Hands an event to everyone on its channels. */
type Publish = (application: RunningApplication, publication: Publication) => void

/** `POST /events` and `POST /batch_events`. Source: Pusher HTTP API. */
const publishRoutes = (publish: Publish): readonly SignedRoute[] => [
  [
    'POST',
    '/events',
    (application, call) => read(call, decodePublication, (one) => publishOne(publish, application, one)),
  ],
  [
    'POST',
    '/batch_events',
    (application, call) => read(call, decodeBatch, (all) => publishAll(publish, application, all)),
  ],
]

const read = <T>(call: Call, decode: (body: unknown) => T | null, answer: (decoded: T) => Reply): Reply => {
  const body = parseJson(call.body.toString('utf8'))
  if (body === undefined) return text(500, 'Internal server error.')
  const decoded = decode(body)
  return decoded
    ? answer(decoded)
    : json(422, { message: 'name, data and channel or channels are required, as strings.' })
}

const publishOne = (publish: Publish, application: RunningApplication, publication: Publication): Reply => {
  publish(application, publication)
  const { info, channels } = publication
  return json(200, info === undefined ? {} : { channels: channelInfos(application.channels, channels, info) })
}

const publishAll = (publish: Publish, application: RunningApplication, batch: readonly Publication[]): Reply => {
  const infos = batch.map((publication) => {
    publish(application, publication)
    const { info, channels } = publication
    return info === undefined ? {} : channelInfo(application.channels, channels[0] ?? '', info)
  })
  // Recorded nowhere; source: laravel/reverb, `EventsBatchController`: an object when nobody is told anything.
  return json(200, { batch: infos.some((info) => Object.keys(info).length > 0) ? infos : {} })
}

/** Answers a call whose signature was good. */
type SignedAnswer = (application: RunningApplication, call: Call, params: Params) => Reply

/** A route below `/apps/{id}` that asks for a signature. */
type SignedRoute = readonly [method: string, path: string, answer: SignedAnswer]
