import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Handler } from '../http/call'
import type { Application } from './application'
import { createChannels } from './channels'
import { eventFrame } from './frames'
import { createHttpApi } from './http-api'
import { startKeepAlive } from './keep-alive'
import type { Publication } from './publication'
import { createSocketEndpoint } from './socket-endpoint'

/** What Reverb needs from around it. */
export interface ReverbOptions {
  readonly application: Application
  onLog(line: string): void
}

/** A stand-in for Laravel Reverb, to be put behind an HTTP server. */
export interface Reverb {
  readonly handle: Handler
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Hands an event to everyone on its channels. Nobody there is no error. */
  publish(publication: Publication): void
  /** How many sockets are open. */
  sockets(): number
  /** Ends the keep-alive job. The sockets end with their TCP connections. */
  stop(): void
}

/** Starts Reverb. It works on any number of HTTP servers until stopped. */
export const startReverb = ({ application, onLog }: ReverbOptions): Reverb => {
  const channels = createChannels()
  const now = (): number => Date.now()
  const endpoint = createSocketEndpoint({ application, channels, now, onLog })

  const publish = ({ event, data, channels: names, exceptSocketId }: Publication): void => {
    const except = [...endpoint.connections()].find(({ socketId }) => socketId === exceptSocketId)
    for (const channel of names) channels.send(channel, eventFrame(event, data, channel), except)
    onLog(`published ${event} on ${names.join(', ')}`)
  }

  return {
    handle: createHttpApi({ application, publish }),
    upgrade: endpoint.upgrade,
    publish,
    sockets: () => endpoint.connections().size,
    stop: startKeepAlive(channels.subscribed, now),
  }
}
