import Publisher from 'pusher'
import { CHANNEL } from './page'
import { APP } from './soketi'

/** Publishes changes of customer 1's cart by the server's HTTP API. */
export interface CartPublisher {
  /** As Laravel does: `data` is JSON in a string. */
  readonly publish: (message: string) => Promise<void>
  /** `data` as it is, such as an object, or a string that is no JSON. Sockets hear it the same way. */
  readonly publishRaw: (data: unknown) => Promise<void>
}

/** A publisher at a server on this machine. */
export const openPublisher = (port: number): CartPublisher => {
  const { id: appId, key, secret } = APP
  const api = new Publisher({ appId, key, secret, host: '127.0.0.1', port: String(port), useTLS: false })
  const name = 'cart.conditions.changed'
  return {
    publish: async (message) => {
      await api.trigger(CHANNEL, name, changeOf(message))
    },
    publishRaw: async (data) => {
      const body: unknown = { name, channels: [CHANNEL], data }
      // Its types want a string; it writes what it is given as JSON.
      await api.post({ path: '/events', body: body as string })
    },
  }
}

/** A change as the guide's shop publishes it. */
export const changeOf = (message: string): object => ({
  message,
  changes: {
    condition_removed: 'merdeka-sale',
    new_subtotal: 'RM 120.00',
    new_total: 'RM 120.00',
    savings: 'RM 20.00',
  },
  timestamp: new Date().toISOString(),
})
