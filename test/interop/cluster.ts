import Publisher from 'pusher'
import type { Shown } from '../../bench/support/page-log'
import type { OpenedServer } from '../../bench/support/server-process'
import type { CartEchoServer } from '../../src/server'
import { openShop } from '../support/shop'
import { type Nginx, openNginx } from './nginx'
import { type OwnProcess, within } from './own-process'
import { CHANNEL } from './page'
import { openRedis, type Redis } from './redis'
import { APP, openSoketi, type Soketi } from './soketi'

/** A shop past one machine: two nodes of soketi that share a Redis, behind nginx, and the stand-in's shop with its log. */
export interface Cluster {
  readonly nodes: readonly [Soketi, Soketi]
  readonly redis: Redis
  readonly nginx: Nginx
  readonly shop: CartEchoServer
  /** What pages need: all they ask goes through nginx. */
  readonly front: OpenedServer
  /** All that was logged, and was to be heard, in order. */
  readonly published: readonly Shown[]
  /** How many of them no node took: they stand in the log alone. */
  readonly refused: () => number
  /** Logs one more change, and publishes it through nginx, or at one node. Resolves when that is done, well or not. */
  readonly publish: (port?: number) => Promise<void>
  /** Publishes one every so often. Gives what ends that. */
  readonly publishEvery: (ms: number) => () => void
  /** Resolves when Redis, nginx and both nodes are there and answer. */
  readonly whenWhole: () => Promise<void>
  readonly close: () => Promise<void>
  /** True while a process of it is there. */
  readonly isThere: () => boolean
}

/** What it is made of. */
export interface ClusterOptions {
  /** Where soketi is installed. */
  readonly folder: string
  /** The text of laravel/deploy/nginx.conf. */
  readonly nginxConf: string
  /** Where the shop's pages lie. */
  readonly pages: string
}

const CUSTOMER = 1
const EVENT = 'cart.conditions.changed'
const PUBLISH_WITHIN_MS = 3_000
const WHOLE_WITHIN_MS = 30_000

/** Starts one. */
export const openCluster = async ({ folder, nginxConf, pages }: ClusterOptions): Promise<Cluster> => {
  // Signatures are the shop's: it has the application of the nodes.
  const { server: shop, logIn } = await openShop({ app: APP, pages, autoLogin: CUSTOMER })
  const redis = await openRedis()
  const nodes = [await openSoketi(folder, redis.port), await openSoketi(folder, redis.port)] as const
  const nginx = await openNginx({ shipped: nginxConf, nodes: nodes.map(({ port }) => port), shop: shop.reverb.port })
  const processes: readonly OwnProcess[] = [nginx, ...nodes, redis]
  const close = async (): Promise<void> => {
    for (const one of processes) await one.close()
    await shop.close()
  }

  const published: Shown[] = []
  let refused = 0
  const publish = async (port = nginx.port): Promise<void> => {
    const total = `RM${published.length + 1}.00`
    published.push({ total, atMs: Date.now() })
    shop.shop.publish(CUSTOMER, EVENT, {
      message: 'Your cart was updated due to a promotion change',
      changes: { condition_removed: 'Raya Sale', new_subtotal: total, new_total: total, savings: 'RM0.00' },
      timestamp: new Date().toISOString(),
    })
    const payload = shop.shop.state().log[0]?.payload
    await publisherAt(port)
      .trigger(CHANNEL, EVENT, payload)
      .catch(() => {
        refused += 1
      })
  }

  try {
    await redis.start()
    await Promise.all(nodes.map((node) => node.start()))
    await nginx.start()
    const reverb = { key: APP.key, host: '127.0.0.1', port: nginx.port, scheme: 'http' } as const
    const front = { url: `http://127.0.0.1:${nginx.port}`, reverb, cookie: (await logIn(CUSTOMER)).Cookie }
    return {
      ...{ nodes, redis, nginx, shop, front, published, publish, close },
      refused: () => refused,
      publishEvery: (ms) => {
        const timer = setInterval(() => void publish(), ms)
        return () => clearInterval(timer)
      },
      whenWhole: () =>
        within(WHOLE_WITHIN_MS, 'Redis, nginx and both nodes answer', async () => {
          const answers = await Promise.all(processes.map((one) => one.answers()))
          return answers.every(Boolean)
        }),
      isThere: () => processes.some((one) => one.isThere()),
    }
  } catch (error) {
    await close()
    throw error
  }
}

const publisherAt = (port: number): Publisher => {
  const { id: appId, key, secret } = APP
  return new Publisher({
    appId,
    key,
    secret,
    host: '127.0.0.1',
    port: String(port),
    useTLS: false,
    timeout: PUBLISH_WITHIN_MS,
  })
}
