import { expect } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import type { CartEcho } from '../../src/engine/cart-echo'
import { onChange } from '../../src/engine/cart-echo'
import { type ClientOptions, createClient } from '../../src/engine/client'
import { formatCursor, parseCursor } from '../../src/engine/cursor'
import type { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import { gone, type Query, type Reply, type Sink, type TabNote } from '../../src/engine/transport'
import { type FakeEnvironment, fakeEnvironment } from './fake-environment'
import { at } from './payloads'

export const EVENT = 'cart.conditions.changed'

// Kept before any test fakes it.
const { setTimeout: realTimeout } = globalThis

/** One run of the fake transport: whose it is, the way into the client, and what the client did with it. */
export interface FakeLink {
  readonly user: string | null
  readonly sink: Sink
  /** What the check said to another tab. */
  readonly answer: (answer: Answer) => void
  /** What the client told the other tabs. */
  readonly notes: TabNote[]
  stops: number
  readonly asked: Asked[]
}

/** One ask, and the ways to end it. */
export interface Asked {
  readonly query: Query
  readonly answer: (answer: Answer) => Promise<void>
  readonly reply: (reply: Reply) => Promise<void>
  readonly fail: () => Promise<void>
}

/** A client on a fake transport and a fake clock, with everything it said. */
export interface ListeningClient {
  readonly client: CartEcho
  readonly environment: FakeEnvironment
  /** Oldest first. */
  readonly links: FakeLink[]
  readonly errors: CartEchoError[]
  /** The messages of the changes heard by a listener that was there from the beginning. */
  readonly heard: (string | null)[]
  /** The names and reasons the connection took on. */
  readonly states: string[]
  /** The link that is open. */
  readonly link: () => FakeLink
  /** Delivers a broadcast through the open link. */
  readonly hear: (payload: unknown, event?: string) => void
  /** Stops the client and expects that it left nothing behind. */
  readonly end: () => void
}

/** Makes one. `canAsk` gives its links an `ask`. `transport`, if given, stands in for the fake one. */
export const listeningClient = ({
  canAsk = false,
  hasPage = true,
  ...options
}: Partial<ClientOptions> & { canAsk?: boolean; hasPage?: boolean } = {}): ListeningClient => {
  const environment = fakeEnvironment({ hasPage })
  const links: FakeLink[] = []
  const errors: CartEchoError[] = []
  const heard: (string | null)[] = []
  const states: string[] = []
  const client = createClient({
    environment,
    listening: readListening(),
    identity: { user: 7 },
    transport: (user) => (sink) => {
      const answer = (answer: Answer) => sink.answer({ name: 'log', answer }, environment.nowMs())
      const link: FakeLink = { user, sink, answer, notes: [], stops: 0, asked: [] }
      links.push(link)
      const stop = () => {
        link.stops += 1
        for (const { reply } of link.asked) void reply(gone())
      }
      const tell = (note: TabNote) => link.notes.push(note)
      return canAsk ? { stop, tell, ask: (query) => askOf(link, query) } : { stop, tell }
    },
    onError: (error) => errors.push(error),
    ...options,
  })
  client.on(EVENT, ({ message }) => heard.push(message))
  onChange(client.connection, ({ name, reason }) => states.push(`${name}: ${reason}`))
  const link = () => {
    const open = links.filter(({ stops }) => stops === 0)
    expect(open.length, 'open links').toBe(1)
    return open[0] as FakeLink
  }
  return {
    client,
    environment,
    links,
    errors,
    heard,
    states,
    link,
    hear: (payload, event = EVENT) => link().sink.deliver(event, payload),
    end: () => {
      client.stop()
      expect(environment.pending(), 'timers left behind').toBe(0)
      expect(environment.watching(), 'listeners left behind').toBe(0)
      expect(links.map(({ stops }) => stops)).toEqual(links.map(() => 1))
      expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    },
  }
}

/** The answer of a log server that gives everything from `since` up to `cursor`, both as `epoch:seq`. */
export const answerOf = (since: string | null, cursor: string, more: Partial<Answer> = {}): Answer => {
  const [from, to] = [since === null ? null : cursorOf(since), cursorOf(cursor)]
  const events = from ? Array.from({ length: to.seq - from.seq }, (_, index) => from.seq + index + 1) : []
  return {
    since: from,
    owner: 'mine',
    cursor: to,
    events: events.map((seq) => ({ event: EVENT, payload: at(seq, { epoch: to.epoch }) })),
    reset: false,
    ...more,
  }
}

/** What a query asks for, in words. */
export const sinceOf = ({ since }: Query): string => (since ? formatCursor(since) : 'from nowhere')

const cursorOf = (text: string) => parseCursor(text) ?? { epoch: 'malformed', seq: 0 }

const askOf = (link: FakeLink, query: Query): Promise<Reply> =>
  new Promise((resolve, reject) => {
    // A turn of the event loop is enough for a settled promise to be heard.
    const turn = () => new Promise<void>((done) => realTimeout(done, 0))
    link.asked.push({
      query,
      answer: (answer) => {
        resolve({ name: 'log', answer })
        return turn()
      },
      reply: (reply) => {
        resolve(reply)
        return turn()
      },
      fail: () => {
        reject(new Error('no network'))
        return turn()
      },
    })
  })
