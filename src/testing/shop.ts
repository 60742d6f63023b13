import { FULL_ANSWER } from '../engine/answer'
import { formatCursor, parseCursor, placeOf } from '../engine/cursor'
import { unfit } from '../engine/errors'
import type { CartConditionsChanged, CartEventName } from '../engine/events'
import { readText } from '../engine/settings'
import { attempt } from '../engine/shape'
import { type AnswerOptions, type AnyAnswer, type Asked, type Canned, cannedOf, insistOnAnswer, json } from './answers'
import { aChange, type ChangeCall, type CheckAnswer, type LoggedChange, placed } from './builders'
import { insistOnFields, unless, unlessFlag, type Wrong } from './misuse'

/** How a shop begins. */
export interface FakeShopOptions {
  /** False: a server without a log, as the guide's own, whose check says once that something changed. Default true. */
  log?: boolean | undefined
  /** Who is logged in; opaque. Default `owner-1`. */
  owner?: string | undefined
  /** The life of the log's counter. Default `e1`. */
  epoch?: string | undefined
}

/** One question of a page, and what it was told. */
export interface AskedQuestion {
  /** Where the page stands, `epoch:seq`; null: it does not know. */
  readonly since: string | null
  /** Whose log the page believes it reads; null: it does not know. */
  readonly owner: string | null
  /** What was answered: an HTTP status, `network-error`, or `no-answer`. */
  readonly answered: number | 'network-error' | 'no-answer'
}

/** A shop's server, as far as a page asks it: one log for each customer, and a check that reads it or says what it was told to. */
export interface FakeShop {
  /** True when it keeps a log. */
  readonly hasLog: boolean
  /** Who is logged in; null: nobody. */
  readonly owner: () => string | null
  /** The end of the log, `epoch:seq`; null without a log, or without a customer. */
  readonly cursor: () => string | null
  /** Writes a change into the log of who is logged in, and gives the payload with its place. Broadcasts nothing. Throws as `aChange()` does. */
  readonly add: ChangeCall
  /**
   * What the check says next, in place of what the log says. Answers that were given before come first, but for one that was given for ever. `usual`: none of them
   * comes any more.
   * @throws {CartEchoError} `invalid-options` for a name that is none, for what is no answer, and for options that are none.
   */
  readonly answer: (answer: AnyAnswer, options?: AnswerOptions) => void
  /** Every question so far, oldest first. */
  readonly asked: readonly AskedQuestion[]
  /** Somebody logs in: from now on the check answers for that log. Throws `invalid-options` for what is no owner. */
  readonly logIn: (owner: string) => void
  /** Nobody is logged in any more: the check says 401, and channels are refused. */
  readonly logOut: () => void
  /** The log begins anew, empty, as after a database was reset. Throws `invalid-options` for what is no epoch. */
  readonly restart: (epoch: string) => void
  /** Answers one request of the check; the address is that of the request. For handlers of your own. */
  readonly respond: (address: string) => Canned
}

interface Log {
  epoch: string
  events: LoggedChange[]
}

/** How far behind the log a page may be before it is told to begin anew. */
const MOST_BEHIND = 500

/** The readers of a shop's options. */
export const SHOP_OPTIONS: Readonly<Record<keyof FakeShopOptions, Wrong>> = {
  log: unlessFlag,
  owner: unless('a string that is not empty', (owner) => readText(owner) !== undefined),
  epoch: unless(
    '1 to 32 of A-Z a-z 0-9 _ -',
    (epoch) => typeof epoch === 'string' && parseCursor(`${epoch}:0`) !== null,
  ),
}

/**
 * Opens a shop: somebody is logged in, and nothing has happened yet.
 * @throws {CartEchoError} `invalid-options` for options that are none.
 */
export const createFakeShop = (options: FakeShopOptions = {}): FakeShop => {
  insistOnFields('createFakeShop()', SHOP_OPTIONS, options)
  const { log: hasLog = true, owner: first = 'owner-1', epoch: firstEpoch = 'e1' } = options
  const logs = new Map<string, Log>()
  const asked: AskedQuestion[] = []
  const said: { readonly answer: AnyAnswer; readonly options: AnswerOptions; times: number }[] = []
  let owner: string | null = first
  /** Who is logged in, or was last: to them changes happen. */
  let customer = first
  /** What a shop without a log has not told yet. */
  let untold: string | null | undefined

  const logOf = (name: string): Log => {
    const log = logs.get(name) ?? { epoch: firstEpoch, events: [] }
    logs.set(name, log)
    return log
  }

  const endOf = ({ epoch, events }: Log): string => formatCursor({ epoch, seq: events.length })

  const cursor = (): string | null => (hasLog && owner !== null ? endOf(logOf(owner)) : null)

  const add = (...change: readonly unknown[]): object => {
    const event = typeof change[0] === 'string' ? (change[0] as CartEventName) : 'cart.conditions.changed'
    const payload = aChange(...(change as [])) as CartConditionsChanged
    if (!hasLog) {
      untold = payload.message
      return payload
    }
    const log = logOf(customer)
    const place = placeOf(payload)
    const seq = log.events.length + 1
    // Placed elsewhere it is a broadcast that came twice, or out of its order: the log has it, or knows nothing of it.
    if (place && (place.epoch !== log.epoch || place.seq !== seq)) return payload
    const logged = placed(payload, log.epoch, seq)
    log.events.push({ event, payload: logged } as LoggedChange)
    return logged
  }

  /** What the check says to whoever stands there. */
  const usual = (since: string | null): CheckAnswer => {
    if (!hasLog) {
      const message = untold
      untold = undefined
      return { updated: message !== undefined, message: message ?? null }
    }
    const name = customer
    const log = logOf(name)
    const from = parseCursor(since)
    const block = { owner: name, cursor: endOf(log), events: [] }
    if (since === null) return { updated: false, message: null, cart_echo: block }
    const isOfLog = from !== null && (from.epoch === log.epoch || from.seq === 0)
    const behind = log.events.length - (from?.seq ?? 0)
    if (!isOfLog || behind < 0 || behind > MOST_BEHIND)
      return { updated: true, message: null, cart_echo: { ...block, reset: true } }
    const events = log.events.slice(from.seq, from.seq + FULL_ANSWER)
    const end = formatCursor({ epoch: log.epoch, seq: from.seq + events.length })
    const newest = events.at(-1)?.payload as { readonly message?: string | null } | undefined
    const message = newest?.message ?? null
    return { updated: events.length > 0, message, cart_echo: { ...block, cursor: end, events } }
  }

  const take = (): { readonly answer: AnyAnswer; readonly options: AnswerOptions } | null => {
    const next = said[0]
    if (!next) return null
    next.times -= 1
    if (next.times <= 0) said.shift()
    return next
  }

  const respondTo = (query: URLSearchParams): Canned => {
    const next = take()
    if (!next && owner === null) return json({ message: 'Unauthenticated.' }, 401)
    const { answer, options } = next ?? { answer: 'usual', options: {} }
    const about: Asked = {
      usual: () => usual(query.get('since')),
      owner: customer,
      cursor: cursor() ?? `${firstEpoch}:0`,
      fresh: query.get('fresh'),
      options,
    }
    return cannedOf(answer, about)
  }

  return {
    hasLog,
    owner: () => owner,
    cursor,
    add: add as ChangeCall,
    answer: (answer, options = {}) => {
      insistOnAnswer(answer, options)
      const { times = 1 } = options
      if (answer === 'usual') said.length = 0
      else {
        if (said.at(-1)?.times === Number.POSITIVE_INFINITY) said.pop()
        said.push({ answer, options, times })
      }
    },
    asked,
    logIn: (name) => {
      if (!readText(name)) throw unfit('invalid-options', 'logIn()', 'an owner, a string that is not empty', name)
      owner = name
      customer = name
    },
    logOut: () => {
      owner = null
    },
    restart: (epoch) => {
      if (!readText(epoch) || !parseCursor(`${epoch}:0`))
        throw unfit('invalid-options', 'restart()', 'an epoch, 1 to 32 of A-Z a-z 0-9 _ -', epoch)
      logs.set(customer, { epoch, events: [] })
    },
    respond: (address) => {
      const query = attempt(() => new URL(address, 'https://shop.test').searchParams) ?? new URLSearchParams()
      const canned = respondTo(query)
      const answered = typeof canned === 'string' ? canned : canned.status
      asked.push({ since: query.get('since'), owner: query.get('owner'), answered })
      return canned
    },
  }
}
