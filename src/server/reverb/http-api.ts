import type { Call, Handler } from '../http/call'
import { parseJson } from '../http/fields'
import { json, type Reply, text } from '../http/reply'
import { firstOf, route } from '../http/routes'
import { type Application, MAX_REQUEST_BYTES } from './application'
import { decodePublication, type Publication } from './publication'
import { isApiSignature } from './signature'

/** What a publish needs. */
export interface HttpApiOptions {
  readonly application: Application
  publish(publication: Publication): void
}

/**
 * The HTTP side of Reverb: `POST /apps/{id}/events` for publishers, `GET /up` for monitors. Texts and codes as
 * recorded from Reverb 1.10.2.
 */
export const createHttpApi = (options: HttpApiOptions): Handler =>
  firstOf([
    route('GET', '/up', () => json(200, { health: 'OK' })),
    route('GET', '/app/:key', () => text(500, 'Internal server error.')),
    route('POST', '/apps/:id/events', (call, { id }) => publishCall(options, call, id ?? '')),
  ])

const publishCall = ({ application, publish }: HttpApiOptions, call: Call, id: string): Reply => {
  if (call.headBytes + call.body.length > MAX_REQUEST_BYTES) return text(413, 'Payload too large.')
  if (id !== application.id) return text(404, `No matching application for ID [${id}].`)
  if (!isApiSignature(application.secret, call)) return text(401, 'Authentication signature invalid.')
  const body = parseJson(call.body.toString('utf8'))
  if (body === undefined) return text(500, 'Internal server error.')
  const publication = decodePublication(body)
  if (!publication) return json(422, { message: 'name, data and channel or channels are required, as strings.' })
  publish(publication)
  return json(200, {})
}
