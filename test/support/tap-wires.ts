import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as realTime } from 'node:timers/promises'

/** The TCP connections that begin in this process while they are watched. Both ends of each are here. */
export interface Wires {
  /**
   * Resolves when whatever one end sent has been received by the other, and for some turns of the event loop nobody has sent anything in
   * answer.
   */
  readonly settled: () => Promise<void>
}

/** Wires that are watched until they are released. */
export interface TappedWires extends Wires {
  readonly release: () => void
}

/** `fetch` takes three turns from a connection to its first byte; nobody here takes more. */
const QUIET_TURNS = 4
/** A busy machine carries slowly. What has not come after so many looks, a millisecond apart, nobody reads, as on a line that hangs. */
const PATIENCE = 200

interface End {
  readonly id: number
  readonly socket: Socket
  /** Its port and the other end's, and the other way round. Kept, for a socket that is closed does not know them any more. */
  name: string
  otherName: string
  /** All that was sent and received when it was last looked at. */
  seen: number
}

/** Watches every TCP connection from now on until it is released. */
export const tapWires = (): TappedWires => {
  const ends = new Map<Socket, End>()
  const byName = new Map<string, End>()
  /** What was waited for in vain. */
  const idle = new Set<string>()
  let lastId = 0

  const name = (end: End): void => {
    if (end.name) return
    const { localPort, remotePort } = end.socket
    if (!localPort || !remotePort) return
    end.name = `${localPort} ${remotePort}`
    end.otherName = `${remotePort} ${localPort}`
    byName.set(end.name, end)
  }
  const add = (socket: Socket): void => {
    if (ends.has(socket)) return
    lastId += 1
    const end = { id: lastId, socket, name: '', otherName: '', seen: 0 }
    ends.set(socket, end)
    name(end)
  }
  const forget = (end: End): void => {
    ends.delete(end.socket)
    if (byName.get(end.name) === end) byName.delete(end.name)
  }

  const onAccepted = (message: unknown): void => add((message as { socket: Socket }).socket)
  // Not by a channel of their own, on which a socket that is made first and connected later is not announced.
  const { connect } = Socket.prototype
  Socket.prototype.connect = function (this: Socket, ...to: never[]) {
    add(this)
    return Reflect.apply(connect, this, to)
  }
  subscribe('net.server.socket', onAccepted)

  const look = () => {
    let hasMoved = false
    const underWay: string[] = []
    for (const end of [...ends.values()]) {
      name(end)
      const { socket, seen } = end
      end.seen = socket.bytesRead + socket.bytesWritten + Number(socket.connecting) + 2 * Number(socket.destroyed)
      hasMoved ||= end.seen !== seen
      const other = byName.get(end.otherName)?.socket
      const owed = owedBy(socket, other)
      if (owed && !idle.has(`${end.id} ${owed}`)) underWay.push(`${end.id} ${owed}`)
      if (socket.destroyed && (!other || other.destroyed)) forget(end)
    }
    return { hasMoved, underWay }
  }

  const settled = async (): Promise<void> => {
    let [quietTurns, vainLooks] = [0, 0]
    while (quietTurns < QUIET_TURNS) {
      // What was sent is there in the next turn, as a rule.
      await (vainLooks < QUIET_TURNS ? nextTurn() : realTime(1))
      const { hasMoved, underWay } = look()
      quietTurns = hasMoved || underWay.length > 0 ? 0 : quietTurns + 1
      vainLooks = hasMoved || underWay.length === 0 ? 0 : vainLooks + 1
      if (vainLooks > PATIENCE) for (const owed of underWay) idle.add(owed)
    }
  }

  const release = (): void => {
    Socket.prototype.connect = connect
    unsubscribe('net.server.socket', onAccepted)
  }
  return { settled, release }
}

/** What the other end has not received yet; empty when it has everything. */
const owedBy = (socket: Socket, other: Socket | undefined): string => {
  if (socket.connecting) return 'a connection'
  if (!other || other.destroyed) return ''
  const bytes = socket.bytesWritten - other.bytesRead
  if (bytes > 0) return `${bytes} of ${socket.bytesWritten} bytes`
  return (socket.destroyed || socket.writableFinished) && !other.readableEnded ? 'its end' : ''
}
