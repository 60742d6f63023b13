import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ConnectionEnd, ConnectionLog } from '../../../../src/server/proxy/log'
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from '../../../../src/server/proxy/start-fault-proxy'
import { until } from '../../../support/until'

/** One end of a TCP connection, and what it has heard so far. */
export interface End {
  readonly socket: Socket
  /** Everything heard, as text. */
  heard(): string
  /** How it learnt that the other side is gone; null while it has not. */
  over(): 'end' | 'reset' | null
  /** Says something; resolves when it has gone out. */
  say(text: string): Promise<void>
  /** Resolves when exactly this has been heard. */
  hears(text: string): Promise<void>
}

const endOf = (socket: Socket): End => {
  let heard = ''
  let over: 'end' | 'reset' | null = null
  socket.setNoDelay(true)
  socket.setEncoding('latin1').on('data', (text) => {
    heard += text
  })
  socket.on('end', () => {
    over ??= 'end'
  })
  socket.on('error', () => {
    over ??= 'reset'
  })
  return {
    socket,
    heard: () => heard,
    over: () => over,
    say: (text) => new Promise((resolve) => socket.write(text, () => resolve())),
    hears: (text) => until(`${JSON.stringify(text.slice(0, 40))} is heard`, () => heard === text),
  }
}

/** A bare TCP server that keeps its ends, and a proxy in front of it. */
export const openLine = async (options: Partial<FaultProxyOptions> = {}) => {
  const accepted: End[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(endOf(socket)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const proxy = await startFaultProxy({ target, ...options })
  onTestFinished(async () => {
    await proxy.close()
    for (const { socket } of accepted) socket.destroy()
    server.close()
  })
  return { proxy, server, accepted, targetPort: target.port }
}

/** Connects to a port and waits until that has succeeded. */
export const dial = async (port: number): Promise<End> => {
  const client = tryToDial(port)
  await once(client.socket, 'connect')
  return client
}

/** Connects to a port, with whatever outcome. */
export const tryToDial = (port: number): End => {
  const client = endOf(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
  onTestFinished(() => {
    client.socket.destroy()
  })
  return client
}

/** A bare TCP server, its ends, and the proxy in front of it. */
export type Line = Awaited<ReturnType<typeof openLine>>

/** A client and the target's end of the same connection. */
export const through = async (line: Line) => {
  const before = line.accepted.length
  const client = await dial(line.proxy.port)
  await until('the target was reached', () => line.accepted.length > before)
  const target = line.accepted[before]
  if (!target) throw new Error('The target lost its end.')
  return { client, target, log: () => logOf(line.proxy) }
}

/** The story of the newest connection. */
export const logOf = (proxy: FaultProxy): ConnectionLog => {
  const log = proxy.connections().at(-1)
  if (!log) throw new Error('The proxy has seen no connection.')
  return log
}

/** How the newest connection ended; null while it is open. */
export const endIn = (log: ConnectionLog): ConnectionEnd | null => {
  const [ended] = log.events.flatMap((event) => (event.kind === 'ended' ? [event.end] : []))
  return ended ?? null
}
