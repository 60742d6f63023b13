import Pusher from 'pusher'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startRecordedReverb } from '../../../src/server/conformance/recordings'
import type { Application } from '../../../src/server/reverb/application'
import type { ReverbOptions } from '../../../src/server/reverb/reverb'
import { signChannel } from '../../../src/server/reverb/signature'
import { APP } from '../support/serve'
import { openSocket, type TestSocket } from '../support/socket'

/** A Reverb without a shop that ends with the test: one application with these settings, and whatever else is given. */
export const reverbAlone = async (
  settings: Partial<Application> = {},
  options: Partial<Pick<ReverbOptions, 'wire' | 'now' | 'applications'>> = {},
) => {
  const applications = [{ ...APP, ...settings }, ...(options.applications ?? [])]
  const { reverb, target, close } = await startRecordedReverb({ ...options, applications })
  onTestFinished(close)
  return { reverb, url: target.httpUrl }
}

/** The npm library `pusher`, as a publisher of an application. */
export const publisherAt = (url: string, { id, key, secret }: Application = APP): Pusher => {
  const { hostname, port } = new URL(url)
  return new Pusher({ appId: id, key, secret, host: hostname, port, useTLS: false })
}

/** A client that has heard its first frame, whatever it was. */
export const connected = async (
  url: string,
  key = APP.key,
): Promise<TestSocket & { socketId: string; first: string }> => {
  const client = openSocket({ url }, `/app/${key}`)
  const first = await client.next()
  const { socket_id: socketId = '' } = JSON.parse(JSON.parse(first).data)
  return { ...client, first, socketId }
}

/** Asks for a channel, signed if it has a socket id, and gives the first answer. */
export const subscribe = (
  client: TestSocket & { socketId: string },
  channel: string,
  member?: Readonly<Record<string, unknown>>,
): Promise<string> => {
  const channelData = member && JSON.stringify(member)
  const auth = `${APP.key}:${signChannel(APP.secret, client.socketId, channel, channelData)}`
  return client.ask({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } })
}

/** The first frame that a page from an origin hears. */
export const firstFrameFor = (url: string, origin?: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/app/${APP.key}`, origin === undefined ? {} : { origin })
    socket.once('message', (data) => {
      resolve(data.toString())
      socket.terminate()
    })
  })

/** `subscription_succeeded` without data. */
export const succeeded = (channel: string): string =>
  `{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"${channel}"}`

/** `pusher:error` */
export const failed = (code: number, message: string): string =>
  JSON.stringify({ event: 'pusher:error', data: JSON.stringify({ code, message }) })
