import { isObject, parseJson } from '../http/call'
import { CUT } from '../http/reply'
import type { Connection } from '../reverb/connection'
import { isReverbs } from './call-faults'
import type { Disturbance } from './disturbances'
import { concernsChannel } from './event-faults'
import type { Span } from './fault'
import type { Hand } from './running-fault'
import { jittered, type Stage } from './stage'

/** Every socket ends, without a close frame: clients see 1006. At once. */
export interface KillFault {
  readonly kind: 'kill'
}

/** Nobody is let in any more. Open sockets stay, and what is published meanwhile reaches nobody. */
export interface RefuseFault extends Span {
  readonly kind: 'refuse'
  /**
   * `everything`: the port is closed, clients see a refused connection. Over HTTP `forMs` is needed then: nobody could
   * lift it. `sockets`: the shop goes on; upgrades and the HTTP API of Reverb get a connection that ends without an
   * answer. @default 'everything'
   */
  readonly what?: 'everything' | 'sockets' | undefined
}

/** Sockets stay open and hear nothing; what they say is read when it ends. What was to be sent to them meanwhile is lost. */
export interface SilenceFault extends Span {
  readonly kind: 'silence'
  /** `open`: those that are open when it begins. `all`: those that open meanwhile, too; not even a greeting comes. @default 'open' */
  readonly sockets?: 'open' | 'all' | undefined
}

/** Frames to clients come later. Among those that do, the order of each socket is kept. */
export interface DelayFault extends Span {
  readonly kind: 'delay'
  readonly ms: number
  /** Up to so much more, at random. @default 0 */
  readonly jitterMs?: number | undefined
  /** `events`: what Reverb itself says (greeting, pong, subscribed) is not delayed. @default 'all' */
  readonly frames?: 'all' | 'events' | undefined
}

/** Sockets are told an error (`pusher:error`), such as 4004 or 4201. */
export interface ErrorFault extends Span {
  readonly kind: 'error'
  readonly code: number
  readonly message: string
  /** `now`: all open sockets, once. `connect`: whoever connects, instead of the greeting. @default 'now' */
  readonly at?: 'now' | 'connect' | undefined
  /** What follows: nothing, the end without a close frame (1006), or a close frame. @default 'stay' */
  readonly end?: 'stay' | 'drop' | 'close' | undefined
  /** In the close frame. @default 1000 */
  readonly closeCode?: number | undefined
}

/** Every subscription is answered 4009, as if its signature were wrong. */
export interface RejectSignaturesFault extends Span {
  readonly kind: 'reject-signatures'
  /** Only on the channel of this customer. @default everybody's */
  readonly customer?: string | number | undefined
}

/** The name of the event in a frame; empty when it has none. Never throws. */
const eventOf = (frame: string): string => {
  const content = parseJson(frame)
  return isObject(content) && typeof content.event === 'string' ? content.event : ''
}

/** True for the frame a socket is welcomed with. */
const isGreeting = (frame: string): boolean => eventOf(frame) === 'pusher:connection_established'

/** True for the frame that says that a subscription is on. */
export const isSubscribed = (frame: string): boolean => eventOf(frame) === 'pusher_internal:subscription_succeeded'

/** True for what somebody published or whispered, false for what Reverb says by itself. */
const isEventFrame = (frame: string): boolean => !/^pusher(_internal)?:/.test(eventOf(frame))

/** Holds frames back for a while, each socket's in their order. */
export const delay = (
  { ms, jitterMs, frames = 'all' }: DelayFault,
  { strike }: Hand,
  { timers }: Stage,
): Disturbance => {
  const lanes = new Map<Connection, (() => void)[]>()

  const sendOldest = (connection: Connection): void => {
    const [oldest, ...rest] = lanes.get(connection) ?? []
    if (rest.length > 0) lanes.set(connection, rest)
    else lanes.delete(connection)
    oldest?.()
  }

  return {
    frame: (frame, pass, connection) => {
      if (frames === 'events' && !isEventFrame(frame)) return pass(frame)
      lanes.set(connection, [...(lanes.get(connection) ?? []), () => pass(frame)])
      // The oldest, not this one: with jitter a later frame's timer may be the first to ring.
      timers.after(jittered(ms, jitterMs), () => sendOldest(connection))
      strike()
    },
  }
}

/** Tells sockets an error, at once or when they connect. */
export const error = (fault: ErrorFault, { strike, end }: Hand, { connections }: Stage): Disturbance => {
  const frame = JSON.stringify({
    event: 'pusher:error',
    data: JSON.stringify({ code: fault.code, message: fault.message }),
  })
  if (fault.at === 'connect') {
    return {
      frame: (original, pass, connection) => {
        if (!isGreeting(original)) return pass(original)
        pass(frame)
        finish(fault, connection)
        strike()
      },
    }
  }
  const open = [...connections()]
  for (const connection of open) {
    connection.send(frame)
    finish(fault, connection)
  }
  strike(open.length)
  end()
  return {}
}

const finish = ({ end = 'stay', closeCode = 1000, message }: ErrorFault, connection: Connection): void => {
  if (end === 'drop') connection.drop()
  // A close frame has room for 123 bytes of reason.
  if (end === 'close') connection.close(closeCode, Buffer.byteLength(message) > 123 ? '' : message)
}

/** Ends every socket without a close frame. */
export const kill = (_fault: KillFault, { strike, end }: Hand, { connections }: Stage): Disturbance => {
  const open = [...connections()]
  for (const connection of open) connection.drop()
  strike(open.length)
  end()
  return {}
}

/** Lets nobody in, and takes no events. What knocks at a closed port cannot be counted. */
export const refuse = (
  { what = 'everything' }: Pick<RefuseFault, 'what'>,
  { strike }: Pick<Hand, 'strike'>,
  { closePort }: Stage,
): Disturbance => {
  const refused = (): false => {
    strike()
    return false
  }
  return {
    publication: refused,
    upgrades: refused,
    call: (call, pass) => (isReverbs(call.path) ? CUT : pass(call)),
    ...(what === 'everything' ? { stop: closePort() } : {}),
  }
}

/** Refuses subscriptions, however well they are signed. */
export const rejectSignatures = ({ customer }: RejectSignaturesFault, { strike }: Hand): Disturbance => ({
  admits: (channel) => {
    if (!concernsChannel(customer, channel)) return true
    strike()
    return false
  },
})

/** Cuts sockets off without closing them. Each swallowed frame is a strike. */
export const silence = ({ sockets = 'open' }: SilenceFault, { strike }: Hand, { connections }: Stage): Disturbance => {
  const silent = new Set<Connection>()
  const hush = (connection: Connection): void => {
    if (silent.has(connection)) return
    silent.add(connection)
    // Paused, it does not even answer control frames, which nobody else could keep it from.
    connection.pause()
  }
  for (const connection of connections()) hush(connection)

  return {
    frame: (frame, pass, connection) => {
      if (sockets === 'all') hush(connection)
      if (!silent.has(connection)) return pass(frame)
      strike()
    },
    hears: (connection) => !silent.has(connection),
    stop: () => {
      for (const connection of silent) connection.resume()
    },
  }
}
