import { Socket } from 'node:net'
import { afterEach, beforeEach, vi } from 'vitest'

/** For the tests around the call: a server on which nothing may be opened. Whoever tries is told so, and noted here. */
export const holdClosedServer = (): readonly string[] => {
  const tried: string[] = []
  const forbid = (what: string) =>
    // Not an arrow: a WebSocket is constructed.
    function forbidden(): never {
      tried.push(what)
      throw new Error(`${what} on a server`)
    }
  beforeEach(() => {
    tried.length = 0
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(forbid('a socket'))
    vi.spyOn(globalThis, 'setInterval').mockImplementation(forbid('a timer'))
    vi.stubGlobal('WebSocket', forbid('a WebSocket'))
    vi.stubGlobal('fetch', forbid('a request'))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })
  return tried
}
