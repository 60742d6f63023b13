import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answersWell, freePorts, type OwnProcess, openProcess } from './own-process'

/** The app that the server has. */
export const APP = { id: '1001', key: 'interop-key', secret: 'interop-secret' }

/** A real soketi in a process of its own. */
export interface Soketi extends OwnProcess {
  /** The same for every process of it. */
  readonly port: number
  /** How many sockets this node has. Rejects while it does not answer. */
  readonly sockets: () => Promise<number>
  /** How many sockets this process of it has seen end. Rejects while it does not answer. */
  readonly ended: () => Promise<number>
}

/** Makes one ready to start, from the packages installed in `folder`. With the port of a Redis it is one node of several. */
export const openSoketi = async (folder: string, redisPort: number | null = null): Promise<Soketi> => {
  const [port = 0, metrics = 0] = await freePorts(2)
  const soketi = openProcess({
    name: 'soketi',
    // In a folder of its own: it reads a .env where it stands.
    command: (own) => {
      const config = join(own, 'config.json')
      writeFileSync(config, JSON.stringify(configOf(port, metrics, redisPort)))
      return [
        process.execPath,
        join(folder, 'node_modules/@soketi/soketi/bin/server.js'),
        'start',
        `--config=${config}`,
      ]
    },
    isReady: () => answersWell(`http://127.0.0.1:${port}/ready`),
    isSupervised: redisPort !== null,
  })
  const counted = async (metric: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
    return Number(new RegExp(String.raw`^soketi_${metric}\{.*\} (\d+)$`, 'm').exec(text)?.[1] ?? 0)
  }
  return { ...soketi, port, sockets: () => counted('connected'), ended: () => counted('new_disconnections_total') }
}

/** Keys with dots: an object in place of `metrics` would take away its driver, and SIGTERM would end nothing any more. */
const configOf = (port: number, metrics: number, redisPort: number | null): object => ({
  host: '127.0.0.1',
  port,
  'metrics.enabled': true,
  'metrics.host': '127.0.0.1',
  'metrics.port': metrics,
  'appManager.array.apps': [{ ...APP, enableClientMessages: true, maxConnections: -1 }],
  ...(redisPort !== null && {
    'adapter.driver': 'redis',
    'database.redis.host': '127.0.0.1',
    'database.redis.port': redisPort,
    // By default a node ends itself at the first publish without a Redis, or hangs while it does. Reverb stays.
    'database.redis.maxRetriesPerRequest': null,
  }),
})
