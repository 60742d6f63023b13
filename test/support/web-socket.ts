import { WebSocket } from 'ws'

/** The sockets that pages of this test file opened, oldest first. */
export const opened: WebSocket[] = []

/** Node 20 has no WebSocket of its own. This one follows the browser's interface, as far as it is used. */
class PageSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url)
    opened.push(this)
  }
}

Object.assign(globalThis, { WebSocket: PageSocket })

/** Sends a frame by the newest socket, as a page with a fault of its own might. */
export const sendAsPage = (frame: object): void => opened.at(-1)?.send(JSON.stringify(frame))
