/** What a measured page offers, on `window`. */
export interface EventPage {
  /** True when changes arrive. */
  isLive: () => boolean
  /** True in the tab whose socket has brought a change. */
  readonly canFeed: () => boolean
  /**
   * Hands frames to whoever listens on the socket, each a change that was not there before and each in a task of its own. `isIdle`: to nobody, which is
   * what the handing itself costs.
   * @throws when not every change came to the listener and to the DOM event.
   */
  readonly feed: (count: number, isIdle?: boolean) => Promise<void>
}

declare global {
  interface Window {
    eventPage: EventPage
  }
}

const EVENT = 'cart.conditions.changed'

interface Frame {
  readonly event: string
  readonly data: string
}

let socket: WebSocket | null = null
let frame: Frame | null = null
let seq = 0
let heard = 0
let domEvents = 0

// Before any library looks for it.
window.WebSocket = class extends WebSocket {
  constructor(...given: ConstructorParameters<typeof WebSocket>) {
    super(...given)
    this.addEventListener('message', ({ data }) => {
      const got = JSON.parse(data) as Frame
      if (got.event !== EVENT) return
      socket = this
      frame = got
      seq = JSON.parse(got.data).cart_echo.seq
    })
  }
}

/** A listener that does next to nothing. */
export const hear = ({ changes }: { changes: { new_total?: string | null | undefined } }): void => {
  if (changes.new_total !== undefined) heard += 1
}

document.addEventListener('cart-conditions-changed', () => {
  domEvents += 1
})

const nextFrames = (count: number): MessageEvent[] => {
  if (!frame) throw new Error('No change has come by the socket of this tab.')
  const { data, ...rest } = frame
  const payload = JSON.parse(data)
  return Array.from({ length: count }, () => {
    seq += 1
    Object.assign(payload.cart_echo, { seq, id: `fed-${seq}` })
    return new MessageEvent('message', { data: JSON.stringify({ ...rest, data: JSON.stringify(payload) }) })
  })
}

const { port1, port2 } = new MessageChannel()

const feed = async (count: number, isIdle = false): Promise<void> => {
  const frames = isIdle ? Array.from({ length: count }, () => new MessageEvent('message')) : nextFrames(count)
  const give = isIdle ? () => undefined : (event: MessageEvent) => socket?.onmessage?.(event)
  const before = { heard, domEvents }
  let next = 0
  await new Promise<void>((resolve) => {
    port1.onmessage = () => {
      const event = frames[next]
      next += 1
      if (!event) return resolve()
      give(event)
      port2.postMessage(null)
    }
    port2.postMessage(null)
  })
  const came = { heard: heard - before.heard, domEvents: domEvents - before.domEvents }
  const due = isIdle ? 0 : count
  const hasDomEvents = document.documentElement.dataset.system !== 'echo'
  if (came.heard !== due || came.domEvents !== (hasDomEvents ? due : 0))
    throw new Error(`Of ${due} changes the listener heard ${came.heard}, the DOM ${came.domEvents}.`)
}

window.eventPage = { isLive: () => false, canFeed: () => frame !== null, feed }
