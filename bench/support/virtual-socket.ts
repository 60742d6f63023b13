import type { VirtualServer } from './virtual-server'

/**
 * A WebSocket class whose sockets lead to the virtual server, which speaks as Reverb does. The shopper is whoever stands in the place of the app's key in
 * the address.
 */
export const virtualWebSocket = (server: VirtualServer) =>
  class {
    onmessage: ((message: { readonly data: string }) => void) | null = null
    onclose: ((end: { readonly code: number }) => void) | null = null
    readonly #socket: ReturnType<VirtualServer['openSocket']>

    constructor(url: string) {
      const shopper = new URL(url).pathname.split('/').at(-1) ?? ''
      const channel = `private-App.Models.User.${shopper}`
      this.#socket = server.openSocket(shopper, {
        opened: () => this.#say('pusher:connection_established', { socket_id: '1.1', activity_timeout: 30 }),
        lost: () => this.onclose?.({ code: 1006 }),
        confirmed: () => this.#say('pusher_internal:subscription_succeeded', {}, channel),
        heard: (payload) => this.#say('cart.conditions.changed', payload, channel),
      })
    }

    send(text: string): void {
      const { event } = JSON.parse(text)
      if (event === 'pusher:subscribe') this.#socket.subscribe()
      // Whatever is asked takes the way to the server and back.
      if (event === 'pusher:ping') server.authorise().then(() => this.#say('pusher:pong', {}))
    }

    close(): void {
      this.#socket.close()
    }

    #say(event: string, data: unknown, channel?: string): void {
      this.onmessage?.({ data: JSON.stringify({ event, data: JSON.stringify(data), channel }) })
    }
  }
