import { WebSocket } from 'ws'

/**
 * Puts the WebSocket of `ws` where a page's own would be: Node 20 has none, and that of later ones goes by no clock of ours. As in a
 * browser, an error that nobody listens to is no exception. Gives what undoes it.
 */
export const lendWebSocket = (): (() => void) => {
  const { WebSocket: own } = globalThis
  Object.assign(globalThis, { WebSocket: new Proxy(WebSocket, { construct: quietly }) })
  return () => {
    if (own) Object.assign(globalThis, { WebSocket: own })
    else Reflect.deleteProperty(globalThis, 'WebSocket')
  }
}

const quietly = (target: typeof WebSocket, given: ConstructorParameters<typeof WebSocket>): WebSocket =>
  new target(...given).on('error', () => undefined)
