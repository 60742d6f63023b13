import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { CartEchoServerError } from './errors'

/** An HTTP server that is open for connections. */
export interface Listening {
  /** The port it got. */
  readonly port: number
  /** Ends every connection, WebSockets without a close frame, and then the server. Calling it again waits for the same end. */
  close(): Promise<void>
}

/**
 * Opens a server on a port of a host; port 0 takes any free one.
 * @throws {CartEchoServerError} `port-taken`, `port-not-allowed`, `host-not-here`, `cannot-listen`
 */
export const listen = async (server: Server, port: number, host: string): Promise<Listening> => {
  const sockets = trackSockets(server)
  await opened(server, port, host)
  let closing: Promise<void> | null = null
  return {
    port: portOf(server.address()),
    close: () => {
      closing ??= closed(server, sockets)
      return closing
    },
  }
}

const trackSockets = (server: Server): ReadonlySet<Socket> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

const opened = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, port, host))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })

const closed = (server: Server, sockets: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

const explain = (cause: NodeJS.ErrnoException, port: number, host: string): CartEchoServerError => {
  const other = port < 65_535 ? port + 1 : 8080
  switch (cause.code) {
    case 'EADDRINUSE':
      return new CartEchoServerError(
        'port-taken',
        `Port ${port} is taken. Choose another: npx cart-echo --port ${other}`,
        { cause },
      )
    case 'EACCES':
      return new CartEchoServerError(
        'port-not-allowed',
        `Port ${port} is not for everybody. Choose one above 1023: npx cart-echo --port 8080`,
        { cause },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CartEchoServerError('host-not-here', `${host} is not an address of this machine.`, { cause })
    default:
      return new CartEchoServerError('cannot-listen', `Cannot listen on ${host}:${port}: ${cause.message}`, { cause })
  }
}
