import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuthOptions } from '../../src/connections/authorise'
import { reverb } from '../../src/connections/reverb'
import type { ConnectionFact } from '../../src/engine/state'
import type { Link } from '../../src/engine/transport'
import { type FakeEnvironmentOptions, fakePage } from './fake-environment'
import { fakeSockets, newest } from './fake-socket'

/** What the shop's endpoint answers, each time it is asked. */
export type Authorises = (init?: RequestInit) => Response | Promise<Response>

/** The socket of ours, started for user 1 on a fake clock with fake sockets; all that it says is written down. */
export const reverbPage = ({
  authorises = () => Response.json({ auth: 'k:signature' }),
  auth = {},
  ...world
}: FakeEnvironmentOptions & { authorises?: Authorises; auth?: AuthOptions } = {}) => {
  const environment = fakePage(world)
  const sockets = fakeSockets()
  const said: string[] = []
  const errors: unknown[] = []
  const delivered: unknown[] = []
  const resyncs: (number | undefined)[] = []
  const asked: string[] = []
  let nextTryAtMs: number | null = null
  let heard = (): void => undefined
  const fetch = async (_address: unknown, init?: RequestInit): Promise<Response> => {
    asked.push(String(init?.body))
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      Promise.resolve(authorises(init)).then(resolve, reject)
    })
  }
  const { transport } = reverb({ key: 'k', host: 'ws.test', auth: { fetch, ...auth } })
  const link: Link = transport({ environment, channel: 'App.Models.User.1', events: ['cart.conditions.changed'] })({
    deliver: (_event, payload) => {
      delivered.push(payload)
      heard()
    },
    answer: () => undefined,
    resync: (withinMs) => {
      resyncs.push(withinMs)
      heard()
    },
    state: (fact: ConnectionFact) => {
      nextTryAtMs = 'nextTryAtMs' in fact ? (fact.nextTryAtMs ?? null) : null
      said.push('reason' in fact ? `${fact.name}: ${fact.reason}` : fact.name)
      if ('error' in fact && fact.error) errors.push(fact.error)
      heard()
    },
    report: (error) => errors.push(error),
    note: () => undefined,
  })
  // The body of a real Response is read in turns of its own.
  const pass = async (ms: number): Promise<void> => {
    await environment.advanceTurnByTurn(ms)
    await nextTurn()
  }
  return {
    environment,
    sockets,
    /** What it said, oldest first. */
    said,
    errors,
    delivered,
    resyncs,
    /** The bodies of the requests for a signature. */
    asked,
    link,
    pass,
    socket: () => newest(sockets),
    /** In how many milliseconds the next try is, by what was said last; null: none. */
    nextTryInMs: () => nextTryAtMs && Math.round(nextTryAtMs - environment.nowMs()),
    /** Calls this after whatever is said from now on. */
    whenHeard: (run: () => void) => {
      heard = run
    },
    /** The server greets, signs and confirms. */
    goLive: async () => {
      newest(sockets).greet()
      await pass(0)
      newest(sockets).confirm()
    },
    left: () => [environment.pending(), environment.watching(), sockets.filter(({ isClosed }) => !isClosed()).length],
  }
}
