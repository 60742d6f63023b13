import type { AddressInfo, Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CartEchoServerError } from './errors'

/** A server that is open for connections. */
export interface Listening {
  /** The port it got. */
  readonly port: number
  /** Lets nobody in any more: clients see a refused connection. Who is in stays. */
  shut(): void
  /** Opens the same port again. Resolves when it is open, or is not to be opened any more. */
  reopen(): Promise<void>
  /** Ends every connection, WebSockets without a close frame. */
  endConnections(): void
  /** Ends every connection, WebSockets without a close frame, and then the server. Calling it again waits for the same end. */
  close(): Promise<void>
}

/**
 * Opens a server, HTTP or plain TCP, on a port of a host; port 0 takes any free one.
 * @throws {CartEchoServerError} `port-taken`, `port-not-allowed`, `host-not-here`, `cannot-listen`
 */
export const listen = async (server: Server, port: number, host: string): Promise<Listening> => {
  const sockets = trackSockets(server)
  let giveUp = (): void => {}
  const isOpened = async (): Promise<boolean> => {
    // Node says nothing of a server that is closed before it has come to listen.
    const givenUp = new Promise<boolean>((resolve) => {
      giveUp = () => resolve(true)
    })
    return await Promise.race([givenUp, tried(server, openPort, host)])
  }
  await opened(server, port, host)
  const openPort = portOf(server.address())
  let closing: Promise<void> | null = null
  let isShut = false
  const isUnwanted = (): boolean => isShut || closing !== null
  return {
    port: openPort,
    shut: () => {
      isShut = true
      server.close()
      giveUp()
    },
    reopen: () => {
      isShut = false
      return reopened(server, isOpened, isUnwanted)
    },
    endConnections: () => destroyAll(sockets),
    close: () => {
      closing ??= closed(server, sockets)
      giveUp()
      return closing
    },
  }
}

const RETRY_MS = 20

const reopened = async (server: Server, isOpened: () => Promise<boolean>, isUnwanted: () => boolean): Promise<void> => {
  while (!isUnwanted() && !(await isOpened())) await sleep(RETRY_MS)
  // Somebody may have wanted it shut while it was being opened.
  if (isUnwanted()) server.close()
}

const tried = (server: Server, port: number, host: string): Promise<boolean> =>
  opened(server, port, host).then(
    () => true,
    (error: unknown) => {
      // A port that is shut for a while may be lent to an outgoing connection of this machine, for a moment.
      if (error instanceof CartEchoServerError && error.code === 'port-taken') return false
      throw error
    },
  )

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
    destroyAll(sockets)
  })

const destroyAll = (sockets: ReadonlySet<Socket>): void => {
  for (const socket of sockets) socket.destroy()
}

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
