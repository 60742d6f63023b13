import type { Call, Handler } from '../http/call'
import { json, type Reply } from '../http/reply'
import type { Connection } from '../reverb/connection'
import type { Publication, Wire } from '../reverb/publication'
import type { CheckPolicy, Replica } from '../shop/check'
import type { Counter } from './seen'

/** All active disturbances as one. What several have a word for passes them one after the other, the oldest first. */
export interface Disturbances extends Omit<Required<Disturbance>, 'call' | 'reply' | 'skewMs' | 'stop'> {
  /** Takes one in. Returns a function that puts it out; calling it again does nothing. */
  add(disturbance: Disturbance): () => void
  /** Answers a request through all of them. */
  answer(call: Call, pass: Handler): Promise<Reply | null>
  /** The wrong time, in milliseconds. */
  now(): number
}

/** No disturbance yet. */
export const createDisturbances = (): Disturbances => {
  let active: Chain = []
  let added = 0
  const orders = new WeakMap<Disturbance, number>()
  // Looked up anew at each step: what one holds back for a while meets those that are there when it lets go.
  const after = (order: number): Step | undefined =>
    active.map((one) => ({ one, order: orders.get(one) ?? 0 })).find((step) => step.order > order)
  const all = (allows: (one: Disturbance) => boolean | undefined): boolean => active.every((one) => allows(one) ?? true)

  return {
    add: (disturbance) => {
      added += 1
      orders.set(disturbance, added)
      active = [...active, disturbance]
      return () => {
        active = active.filter((one) => one !== disturbance)
      }
    },
    publication: (publication, pass) => publishThrough(after, 0, publication, pass),
    frame: (frame, pass, connection) => sendThrough(after, 0, frame, pass, connection),
    hears: (connection) => all((one) => one.hears?.(connection)),
    upgrades: () => all((one) => one.upgrades?.()),
    admits: (channel) => all((one) => one.admits?.(channel)),
    answer: (call, pass) => answerThrough(active, call, pass),
    replica: (replica) => active.reduce<Replica>((read, one) => one.replica?.(read) ?? read, replica),
    policy: (policy) => active.reduce<CheckPolicy>((told, one) => one.policy?.(told) ?? told, policy),
    now: () => active.reduce((now, { skewMs = 0 }) => now + skewMs, Date.now()),
  }
}

type Chain = readonly Disturbance[]

/** An active disturbance and its place among all that ever were. */
interface Step {
  readonly one: Disturbance
  readonly order: number
}

type After = (order: number) => Step | undefined

const publishThrough = (
  after: After,
  order: number,
  publication: Publication,
  pass: (publication: Publication) => boolean,
): boolean => {
  const step = after(order)
  if (!step) return pass(publication)
  const next = (passed: Publication): boolean => publishThrough(after, step.order, passed, pass)
  return step.one.publication ? step.one.publication(publication, next) : next(publication)
}

const sendThrough = (
  after: After,
  order: number,
  frame: string,
  pass: (frame: string) => void,
  connection: Connection,
): void => {
  const step = after(order)
  if (!step) return pass(frame)
  const next = (passed: string): void => sendThrough(after, step.order, passed, pass, connection)
  return step.one.frame ? step.one.frame(frame, next, connection) : next(frame)
}

// Whoever changes answers comes after whoever gives them: a slow body can then be the body of any answer.
const answerThrough = async (chain: Chain, call: Call, pass: Handler): Promise<Reply | null> => {
  let reply = await callThrough(chain, call, pass)
  for (const one of chain) if (reply && one.reply) reply = await one.reply(reply, call)
  return reply
}

const callThrough = ([first, ...rest]: Chain, call: Call, pass: Handler): ReturnType<Handler> => {
  if (!first) return pass(call)
  const next: Handler = (passed) => callThrough(rest, passed, pass)
  return first.call ? first.call(call, next) : next(call)
}

/** What an active fault does to what comes by. What it has no word for passes. */
export interface Disturbance {
  /** Gets an event on its way to Reverb. Gives whether the publisher believes that it arrived. */
  publication?(publication: Publication, pass: (publication: Publication) => boolean): boolean
  /** Gets a frame on its way to a client. */
  frame?(frame: string, pass: (frame: string) => void, connection: Connection): void
  /** False: what this client says is not heard. */
  hears?(connection: Connection): boolean
  /** False: nobody may connect a socket. */
  upgrades?(): boolean
  /** False: a subscription is refused. */
  admits?(channel: string): boolean
  /** Gives the answer to a request, instead of who would have answered or through them. */
  call?(call: Call, pass: Handler): ReturnType<Handler>
  /** Changes an answer, whoever gave it. */
  reply?(reply: Reply, call: Call): Reply | Promise<Reply>
  replica?(replica: Replica): Replica
  policy?(policy: CheckPolicy): CheckPolicy
  /** By how much the clock is wrong. */
  readonly skewMs?: number
  /** Undoes what the fault holds. */
  stop?(): void
}

/** A handler on whose requests and answers the disturbances of the moment act, and which counts them. */
export const disturbed =
  (handler: Handler, disturbances: Disturbances, counter: Counter): Handler =>
  async (call) => {
    const reply = await disturbances.answer(call, handler)
    counter.call(call, reply ?? json(404, {}))
    return reply
  }

/** What stands between Reverb and the world: it counts and disturbs. */
interface FaultyWire {
  readonly wire: Required<Pick<Wire, 'outgoing' | 'incoming' | 'admits' | 'publishing'>>
  /** True when the publisher of an event believes that it arrived. */
  arrived(publication: Publication): boolean
}

/** A wire on which the disturbances of the moment act. */
export const createFaultyWire = (disturbances: Disturbances, counter: Counter): FaultyWire => {
  const refused = new WeakSet<Publication>()
  return {
    wire: {
      outgoing: (frame, send, connection) => {
        counter.frame(frame)
        disturbances.frame(frame, send, connection)
      },
      incoming: (_message, connection) => disturbances.hears(connection),
      admits: (channel) => disturbances.admits(channel),
      publishing: (publication, deliver) => {
        counter.publish()
        if (!disturbances.publication(publication, delivered(deliver))) refused.add(publication)
      },
    },
    arrived: (publication) => !refused.has(publication),
  }
}

const delivered =
  (deliver: (publication: Publication) => void) =>
  (publication: Publication): true => {
    deliver(publication)
    return true
  }
