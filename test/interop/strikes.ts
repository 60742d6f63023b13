import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster'
import { within } from './own-process'

/** What happens to a cluster while changes are published. */
export interface Strike {
  /** As the table has it. */
  readonly name: string
  /** Before pages are opened. Afterwards the cluster is whole. */
  readonly prepare?: ((cluster: Cluster) => Promise<void>) | undefined
  /** What comes before the pages are looked at, once they are live. */
  readonly whenLive?: ((cluster: Cluster) => Promise<void>) | undefined
  /** Resolves with the moment from which on pages can be back. */
  readonly run: (cluster: Cluster) => Promise<number>
  /** What is put right again for the next one. */
  readonly after?: ((cluster: Cluster) => Promise<void>) | undefined
}

const REDIS_AWAY_MS = 3_000
const RELOADED_WITHIN_MS = 10_000
/** nginx leaves out a node that refused for 1 s: both would be out where the next restart comes sooner. */
const NGINX_KNOWS_AFTER_MS = 1_500

/** All of them. */
export const STRIKES: readonly Strike[] = [
  {
    name: 'nothing; each change is published at one node, and heard at both',
    run: async ({ nodes, publish }) => {
      const sockets = await Promise.all(nodes.map((node) => node.sockets()))
      if (sockets.includes(0)) throw new Error(`The sockets are all at one node: ${sockets.join(' and ')}.`)
      for (let time = 0; time < 5; time += 1) for (const { port } of nodes) await publish(port)
      return Date.now()
    },
  },
  {
    name: 'the node that holds every socket is killed',
    prepare: ({ nodes: [, second] }) => second.end('SIGTERM'),
    whenLive: async ({ nodes: [first, second] }) => {
      await second.start()
      const [atFirst, atSecond] = [await first.sockets(), await second.sockets()]
      if (atFirst === 0 || atSecond > 0) throw new Error(`The nodes have ${atFirst} and ${atSecond} sockets.`)
    },
    // The other one is there: pages could be back at once.
    run: async ({ nodes: [first] }) => {
      await first.end('SIGKILL')
      return Date.now()
    },
    after: ({ nodes: [first] }) => first.start(),
  },
  {
    name: `Redis is killed, and back after ${REDIS_AWAY_MS / 1_000} s`,
    run: async ({ redis, whenWhole }) => {
      await redis.end('SIGKILL')
      await wait(REDIS_AWAY_MS)
      await redis.start()
      await whenWhole()
      return Date.now()
    },
  },
  {
    name: 'nginx is reloaded',
    run: async ({ nginx, nodes, whenWhole }) => {
      const before = await endedAt(nodes)
      const sockets = await Promise.all(nodes.map((node) => node.sockets()))
      nginx.reload()
      const all = sum(before) + sum(sockets)
      await within(RELOADED_WITHIN_MS, 'every socket has ended', async () => sum(await endedAt(nodes)) >= all)
      await whenWhole()
      return Date.now()
    },
  },
  {
    name: 'both nodes are restarted, one after the other',
    run: async ({ nodes }) => {
      for (const node of nodes) {
        await node.end('SIGTERM')
        await node.start()
        await wait(NGINX_KNOWS_AFTER_MS)
      }
      return Date.now()
    },
  },
]

const endedAt = (nodes: Cluster['nodes']): Promise<readonly number[]> => Promise.all(nodes.map((node) => node.ended()))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
