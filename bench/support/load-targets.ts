import Publisher from 'pusher'
import { APP, openSoketi } from '../../test/interop/soketi'
import { openShop } from '../../test/support/shop'
import type { Shown } from './page-log'
import { startBenchServer } from './server'
import type { OpenedServer } from './server-process'

/** A server of sockets in a process of its own, and the shop whose pages are on it. */
export interface LoadTarget {
  readonly front: OpenedServer
  /** The process of its sockets. */
  readonly pid: number
  /** Publishes one more change. Resolves with when that began. */
  readonly publish: () => Promise<Shown>
  readonly stop: () => Promise<void>
}

const CUSTOMER = 1
const EVENT = 'cart.conditions.changed'

/** The servers that are loaded, each with how it is started; `interop` is the folder in which soketi is installed. */
export const LOAD_TARGETS = {
  'stand-in': async (): Promise<LoadTarget> => {
    const server = await startBenchServer({})
    return { front: server, pid: server.pid, publish: () => server.call('publish'), stop: async () => server.stop() }
  },
  soketi: async (interop: string): Promise<LoadTarget> => {
    // Signatures and the log are the shop's; sockets and publishes are soketi's alone.
    const { server: shop, logIn } = await openShop({ app: APP })
    const soketi = await openSoketi(interop)
    await soketi.start()
    const { id: appId, key, secret } = APP
    const api = new Publisher({ appId, key, secret, host: '127.0.0.1', port: String(soketi.port), useTLS: false })
    let changes = 0
    return {
      front: {
        url: shop.url,
        reverb: { key, host: '127.0.0.1', port: soketi.port, scheme: 'http' },
        cookie: (await logIn(CUSTOMER)).Cookie,
      },
      pid: soketi.pid() ?? 0,
      publish: async () => {
        changes += 1
        const total = `RM${changes}.00`
        shop.shop.publish(CUSTOMER, EVENT, {
          message: 'Your cart was updated due to a promotion change',
          changes: { condition_removed: 'Raya Sale', new_subtotal: total, new_total: total, savings: 'RM0.00' },
          timestamp: new Date().toISOString(),
        })
        const published = { total, atMs: Date.now() }
        await api.trigger(`private-App.Models.User.${CUSTOMER}`, EVENT, shop.shop.state().log[0]?.payload)
        return published
      },
      stop: async () => {
        await soketi.close()
        await shop.close()
      },
    }
  },
}
