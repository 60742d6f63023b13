import { deepStrictEqual as same } from 'node:assert'
import { startFaultProxy } from '../../src/server'
import { within } from './own-process'
import { CHANNEL, type InteropPage, openPage, type Socket, sign } from './page'
import { changeOf, openPublisher } from './publisher'
import { APP, type Soketi } from './soketi'
import { aWhile, type BareClient, openBareClient } from './wire'

/** One thing that has to be so. Rejects where it is not; gives what is worth saying beside it. */
export interface Check {
  readonly name: string
  readonly run: (soketi: Soketi) => Promise<string | undefined>
}

const LIVE = 'live: subscribed'
const LIVE_WITHIN_MS = 10_000
const TOLD_WITHIN_MS = 5_000
/** pusher-js by itself tries after 1 s, and then every 15 s. */
const BACK_WITHIN_MS = 45_000

/** What soketi does where a Reverb does otherwise: our socket has to take both. */
const wireChecks: readonly Check[] = [
  onWire('soketi confirms a channel without `data`, and once more when it is asked twice', APP.key, async (client) => {
    same(await client.next(), CONNECTED)
    for (let time = 0; time < 2; time += 1) {
      client.say('pusher:subscribe', { auth: sign(client.socketId(), CHANNEL), channel: CHANNEL })
      same(await client.next(), `{"event":"pusher_internal:subscription_succeeded","channel":"${CHANNEL}"}`)
    }
  }),
  onWire('soketi’s pong has `data`', APP.key, async (client) => {
    await client.next()
    client.say('pusher:ping', {})
    same(await client.next(), '{"event":"pusher:pong","data":{}}')
  }),
  onWire('soketi refuses a signature by pusher:subscription_error, with the channel', APP.key, async (client) => {
    await client.next()
    client.say('pusher:subscribe', { auth: `${APP.key}:0000`, channel: CHANNEL })
    const data = { type: 'AuthError', error: 'The connection is unauthorized.', status: 401 }
    same(await client.next(), JSON.stringify({ event: 'pusher:subscription_error', channel: CHANNEL, data }))
  }),
  onWire(
    'soketi closes by 4001 where the key is unknown, after a frame with an object',
    'no-such-key',
    async (client) => {
      const data = { code: 4001, message: 'App key no-such-key does not exist.' }
      same(await client.next(), JSON.stringify({ event: 'pusher:error', data }))
      same(await client.next(), 'CLOSE 4001')
    },
  ),
  onWire('soketi says nothing to frames that it does not know', APP.key, async (client) => {
    await client.next()
    client.say('pusher:nonsense', {})
    await aWhile()
    same(client.heard.length, 1)
  }),
]

const CONNECTED = String.raw`{"event":"pusher:connection_established","data":"{\"socket_id\":\"…\",\"activity_timeout\":30}"}`

function onWire(name: string, key: string, run: (client: BareClient) => Promise<void>): Check {
  return {
    name,
    run: async ({ port }) => {
      const client = openBareClient(port, key)
      try {
        await run(client)
      } finally {
        client.close()
      }
      return undefined
    },
  }
}

/** What a page does with it, whichever way it listens. */
const pageChecks = (socket: Socket): readonly Check[] => [
  onPage(socket, 'is live, and tells what is published once and in order', {}, async (page, { port }) => {
    await isLive(page)
    const { publish } = openPublisher(port)
    const messages = Array.from({ length: 10 }, (_, index) => `change ${index + 1}`)
    for (const message of messages) await publish(message)
    await within(TOLD_WITHIN_MS, 'all is told', () => page.told.length >= messages.length)
    await aWhile()
    same(page.told, messages)
    same(page.errors, [])
    return undefined
  }),
  onPage(
    socket,
    'tells a change whose data is an object, and passes over one it cannot read',
    {},
    async (page, { port }) => {
      await isLive(page)
      const { publishRaw } = openPublisher(port)
      await publishRaw(changeOf('an object'))
      await publishRaw('not JSON')
      await publishRaw(JSON.stringify(changeOf('a string')))
      await within(TOLD_WITHIN_MS, 'both are told', () => page.told.length >= 2)
      await aWhile()
      same(page.told, ['an object', 'a string'])
      same(page.connection(), LIVE)
      same(page.errors, ['invalid-payload'])
      return undefined
    },
  ),
  onPage(socket, 'says that its key is unknown, and stays away', { key: 'no-such-key' }, async (page) => {
    await within(LIVE_WITHIN_MS, 'it says so', () => page.connection() === 'refused: unknown-app')
    await aWhile()
    same(page.connection(), 'refused: unknown-app')
    return undefined
  }),
  onPage(
    socket,
    'says that its signature was refused, and tells nothing',
    { secret: 'wrong' },
    async (page, { port }) => {
      await within(LIVE_WITHIN_MS, 'it says so', () => SIGNATURE_REFUSED.includes(page.connection()))
      await openPublisher(port).publish('not for it')
      await aWhile()
      same(page.told, [])
      return `it says ${page.connection()}`
    },
  ),
  onPage(socket, 'is back after SIGTERM, asks its check, and tells what comes then', { hasCheck: true }, (...given) =>
    isBackAfter('SIGTERM', ...given),
  ),
  onPage(socket, 'is back after SIGKILL, asks its check, and tells what comes then', { hasCheck: true }, (...given) =>
    isBackAfter('SIGKILL', ...given),
  ),
]

/** soketi refuses by a frame for channels, which pusher-js hands on as a refused authorisation; Reverb by one that only says 4009. */
const SIGNATURE_REFUSED: readonly string[] = ['waiting: signature-refused', 'refused: not-authorised']

const isLive = (page: InteropPage): Promise<void> =>
  within(LIVE_WITHIN_MS, 'the page is live', () => page.connection() === LIVE)

const isBackAfter = async (
  signal: 'SIGTERM' | 'SIGKILL',
  page: InteropPage,
  soketi: Soketi,
  way: Way,
): Promise<string> => {
  await isLive(page)
  const before = way.tries()
  await soketi.end(signal)
  const tries = way.tries() - before
  if (tries > way.mostTries) throw new Error(`It connected ${tries} times while soketi was closing.`)
  await within(LIVE_WITHIN_MS, 'it says that the socket is lost', () => page.connection() !== LIVE)
  await soketi.start()
  const [startedMs, checks] = [Date.now(), page.checks()]
  await within(BACK_WITHIN_MS, 'it is live again', () => page.connection() === LIVE)
  const backMs = Date.now() - startedMs
  await within(TOLD_WITHIN_MS, 'its check is asked', () => page.checks() > checks)
  await openPublisher(soketi.port).publish(`after ${signal}`)
  await within(TOLD_WITHIN_MS, 'what came then is told', () => page.told.length > 0)
  await aWhile()
  same(page.told, [`after ${signal}`])
  return `live again ${(backMs / 1_000).toFixed(1)} s after soketi was; tried ${tries} times while soketi was closing`
}

/** What is between a page and the server. */
interface Way {
  /** How many connections the page has opened. */
  readonly tries: () => number
  /** How many it may, while the server is closing. */
  readonly mostTries: number
}

function onPage(
  socket: Socket,
  what: string,
  options: Parameters<typeof openPage>[2],
  run: (page: InteropPage, soketi: Soketi, way: Way) => Promise<string | undefined>,
): Check {
  return {
    name: `a page with ${socket} ${what}`,
    run: async (soketi) => {
      const proxy = await startFaultProxy({ target: { host: '127.0.0.1', port: soketi.port } })
      const page = openPage(proxy.port, socket, options)
      const way = { tries: () => proxy.connections().at(-1)?.id ?? 0, mostTries: MOST_TRIES[socket] }
      try {
        return await run(page, soketi, way)
      } finally {
        page.close()
        await proxy.close()
      }
    },
  }
}

/**
 * A server that closes for 3 s takes connections, and ends each with 4200. A page's own pusher-js takes that for "at once" and goes
 * round without a pause, some hundred times a second; it is not ours to steer.
 */
const MOST_TRIES: Readonly<Record<Socket, number>> = {
  'reverb({…})': 8,
  'echo(() => anEcho)': Number.POSITIVE_INFINITY,
}

/** All of them, in an order in which each may count on a server that is there. */
export const CHECKS: readonly Check[] = [
  ...wireChecks,
  ...pageChecks('reverb({…})'),
  ...pageChecks('echo(() => anEcho)'),
]
