import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Handler } from '../http/call'
import { type Application, MAX_REQUEST_BYTES, type RunningApplication, runApplication } from './application'
import { type Connection, startKeepAlive, sweep } from './connection'
import { eventFrame } from './frames'
import { createHttpApi } from './http-api'
import type { Publication, Wire } from './publication'
import { createSocketEndpoint } from './socket-endpoint'

/** What Reverb needs from around it. */
export interface ReverbOptions {
  /** One or several. Nothing that happens on one is heard on another. */
  readonly applications: readonly Application[]
  /** The largest HTTP request, in bytes of the whole of it. @default 10,000 */
  readonly maxRequestSize?: number | undefined
  /** What stands between Reverb and its clients. @default nothing */
  readonly wire?: Wire | undefined
  /** The clock of keep-alive and rate limits, in milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined
  onLog(line: string): void
}

/** A stand-in for Laravel Reverb, to be put behind an HTTP server. */
export interface Reverb {
  readonly handle: Handler
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Hands an event to everyone on its channels, of the first application unless a key names another. Nobody there is no error. */
  publish(publication: Publication, key?: string | undefined): void
  /** Everybody who is connected, welcomed or not. */
  connections(): ReadonlySet<Connection>
  /** How many sockets are open. */
  sockets(): number
  /** Runs the keep-alive job now, as it runs every minute by itself. */
  sweep(): void
  /** Ends the keep-alive job. The sockets end with their TCP connections. */
  stop(): void
}

/** Starts Reverb. It works on any number of HTTP servers until stopped. */
export const startReverb = (options: ReverbOptions): Reverb => {
  const { wire = {}, now = () => Date.now(), maxRequestSize = MAX_REQUEST_BYTES, onLog } = options
  const applications = options.applications.map((application) => runApplication(application, wire))
  const endpoint = createSocketEndpoint({ applications, wire, now, onLog })
  const publish = (application: RunningApplication, publication: Publication): void => {
    if (wire.publishing) wire.publishing(publication, (one) => spread(application, one))
    else spread(application, publication)
    onLog(`published ${publication.event} on ${publication.channels.join(', ')}`)
  }
  const run = (): void => sweep(applications, now())

  return {
    handle: createHttpApi({ applications, maxRequestSize, publish }),
    upgrade: endpoint.upgrade,
    publish: (publication, key) => {
      const application = applications.find(({ settings }) => key === undefined || settings.key === key)
      if (application) publish(application, publication)
    },
    connections: endpoint.connections,
    sockets: () => endpoint.connections().size,
    sweep: run,
    stop: startKeepAlive(run),
  }
}

const spread = (
  { channels }: RunningApplication,
  { event, data, channels: names, exceptSocketId }: Publication,
): void => {
  const except = [...channels.subscribed()].find(({ socketId }) => socketId === exceptSocketId)
  for (const channel of names) channels.send(channel, eventFrame(event, data, channel), except)
}

/** A Reverb that can be started anew, behind one address. */
export interface RenewableReverb {
  current(): Reverb
  /** Puts a new one in the place of the old one, which has to lose its connections by other means. */
  renew(): void
}

/** A first Reverb, to be followed by others. */
export const createRenewableReverb = (start: () => Reverb): RenewableReverb => {
  let reverb = start()
  return {
    current: () => reverb,
    renew: () => {
      reverb.stop()
      reverb = start()
    },
  }
}
