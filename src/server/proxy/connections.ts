import type { Socket } from 'node:net'
import { openConnection, type ProxyConnection, type ProxyConnectionOptions } from './connection'
import type { FaultScope, ProxyFault } from './fault'
import type { ConnectionLog } from './log'

/** Every connection a proxy has and had, and the faults that await new ones. */
export interface Connections {
  /** Takes an accepted connection on. */
  accept(client: Socket): void
  /** Sets a fault; gives what lifts it. */
  set(fault: ProxyFault, on: FaultScope): () => Promise<void>
  logs(): readonly ConnectionLog[]
  /** Ends all of them. Resolves when their sockets are closed. */
  close(): Promise<void>
}

/** The newest so many connections are remembered. */
const MAX_REMEMBERED = 1_000

/** No connections yet; those to come are carried on to the target. */
export const createConnections = (target: ProxyConnectionOptions['target'], random: () => number): Connections => {
  const all: ProxyConnection[] = []
  const open = new Map<ProxyConnection, Promise<void>>()
  const awaiting = new Set<ProxyFault>()
  let count = 0

  const accept = (client: Socket): void => {
    count += 1
    let onClosed = (): void => {}
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve
    })
    const connection = openConnection({ id: count, client, target, faults: [...awaiting], random, onClosed })
    open.set(connection, closed)
    void closed.then(() => open.delete(connection))
    all.push(connection)
    if (all.length > MAX_REMEMBERED) all.shift()
  }

  const set = (fault: ProxyFault, on: FaultScope) => {
    if (on !== 'open') awaiting.add(fault)
    if (on !== 'new') for (const connection of [...open.keys()]) connection.strike(fault)
    return async () => {
      awaiting.delete(fault)
      for (const connection of [...open.keys()]) connection.lift(fault)
    }
  }

  const close = async (): Promise<void> => {
    const closed = [...open.values()]
    for (const connection of [...open.keys()]) connection.destroy()
    await Promise.all(closed)
  }

  return { accept, set, close, logs: () => all.map((connection) => connection.log()) }
}
