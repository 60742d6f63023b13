import type { Call, Handler } from '../http/call'
import { json, type Reply, text } from '../http/reply'
import { firstOf, type Params, route } from '../http/routes'
import { channelRoutes } from './channel-routes'
import { type Publish, publishRoutes } from './publish-routes'
import type { RunningApplication } from './running-application'
import { isApiSignature } from './signature'
import type { SignedAnswer } from './signed-route'

/** What the HTTP API answers from. */
export interface HttpApiOptions {
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
