import type { Call } from '../http/call'
import { parseJson } from '../http/fields'
import { json, type Reply, text } from '../http/reply'
import { channelInfo, channelInfos } from './channel-info'
import { decodeBatch, decodePublication, type Publication } from './publication'
import type { RunningApplication } from './running-application'
import type { SignedRoute } from './signed-route'

/** Hands an event to everyone on its channels. */
export type Publish = (application: RunningApplication, publication: Publication) => void

/** `POST /events` and `POST /batch_events`. Source: Pusher HTTP API. */
export const publishRoutes = (publish: Publish): readonly SignedRoute[] => [
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
