import { createServer } from 'node:net'
import { CartEchoServerError } from '../errors'
import { listen } from '../listen'
import { createConnections } from './connections'
import type { FaultScope, ProxyFault } from './fault'
import type { ConnectionLog } from './log'

/** How a fault proxy is started. */
export interface FaultProxyOptions {
  /** Where connections are carried to. */
  readonly target: { readonly host: string; readonly port: number }
  /** @default 0: any free port */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly host?: string | undefined
  /** Where jitter comes from: 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined
}

/**
 * Takes one fault away again; calling it again does nothing. Resolves when new connections are free of it: the port of
 * a proxy that refused is open again by then.
 */
export type Lift = () => Promise<void>

/** A TCP proxy that spoils connections as it is told. It knows nothing of what they carry. */
export interface FaultProxy {
  readonly port: number
  /** Where it is, as an HTTP address without a slash at the end. */
  readonly url: string
  /** The stories of the newest thousand connections, oldest first, open ones among them. */
  connections(): readonly ConnectionLog[]
  /**
   * Sets a fault; it comes on top of those there are, and strikes at once. Returns the function that lifts it.
   * @param on - which connections it strikes, by default all. A `refuse` can only strike new ones.
   */
  set(fault: ProxyFault, on?: FaultScope): Lift
  /** Lifts every fault. */
  clear(): Promise<void>
  /** Ends every connection and leaves nothing behind. Can be called again. */
  close(): Promise<void>
}

/**
 * Starts a TCP proxy in front of a server, HTTP or WebSocket or any other.
 * @throws {CartEchoServerError} `bad-options` without a target, `port-taken`, `port-not-allowed`, `host-not-here`, `cannot-listen`
 */
export const startFaultProxy = async (options: FaultProxyOptions): Promise<FaultProxy> => {
  const { target, port = 0, host = '127.0.0.1', random = Math.random } = Object(options) as FaultProxyOptions
  if (!target?.host || !(target.port > 0))
    throw new CartEchoServerError(
      'bad-options',
      'startFaultProxy() takes { target: { host, port } }: where connections are carried to.',
    )
  const connections = createConnections(target, random)
  const server = createServer({ allowHalfOpen: true }, connections.accept)
  const gate = await listen(server, port, host)
  const lifts = new Set<Lift>()
  const refusing = new Set<ProxyFault>()
  let [opening, closing]: [Promise<void>, Promise<void> | null] = [Promise.resolve(), null]

  const refuse = (fault: ProxyFault): Lift => {
    refusing.add(fault)
    gate.shut()
    return () => {
      refusing.delete(fault)
      // One after the other: a port that is being opened cannot be opened.
      opening = opening.then(() => (refusing.size === 0 && !server.listening ? gate.reopen() : undefined))
      return opening
    }
  }

  const set = (given: ProxyFault, on: FaultScope = 'all'): Lift => {
    if (closing) return async () => {}
    // A copy: the same fault can be set twice, and is lifted once each time.
    const fault = { ...given }
    const undo = fault.kind === 'refuse' ? refuse(fault) : connections.set(fault, on)
    const lift: Lift = async () => {
      if (lifts.delete(lift)) await undo()
    }
    lifts.add(lift)
    return lift
  }

  const close = async (): Promise<void> => {
    lifts.clear()
    await Promise.all([connections.close(), gate.close()])
  }

  return {
    port: gate.port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${gate.port}`,
    connections: connections.logs,
    set,
    clear: async () => {
      await Promise.all([...lifts].map((lift) => lift()))
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
