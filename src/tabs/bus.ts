import type { Bus, PageSignal } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import {
  isRecord,
  list,
  misfit,
  optional,
  own,
  record,
  report as reportOf,
  type Shape,
  sentenceOf,
  text,
  where,
} from '../engine/shape'
import type { Connection } from '../engine/state'
import type { Query, Reply, Sink, TabNote } from '../engine/transport'

/** One tab's time as the leader. Whoever takes over begins the next term; where two begin the same one, their names decide. */
export interface Term {
  /** 0 to 2^40 - 2. After the last comes the first again, so that nobody can forge one that no other is later than. */
  readonly term: number
  /** The tab that leads. */
  readonly from: string
}

// Odd, so that of any two one is the later.
const TERMS = 2 ** 40 - 1

/** True when `a` is later than `b`: less than half of all terms ahead. Any term is later than none. */
export const isLater = (a: Term, b: Term | null): boolean => {
  if (!b) return true
  const ahead = (a.term - b.term + TERMS) % TERMS
  return ahead === 0 ? a.from > b.from : ahead < TERMS / 2
}

/** The term of a tab that takes over from the leader it knows. */
export const termAfter = (known: Term | null): number => ((known?.term ?? 0) + 1) % TERMS

const LOOKS = ['visible', 'navigated', 'focused', 'woke'] as const

/** A signal of a page that is looked at, which it passes on to the leader. */
export type Look = (typeof LOOKS)[number]

/** True for a signal that is passed on to the leader. */
export const isLook = (signal: PageSignal): signal is Look => (LOOKS as readonly string[]).includes(signal)

/** What the check said, whose asks that answers, and when it was asked. */
export interface Settled {
  readonly ids: readonly string[]
  readonly reply: Reply
  readonly asOfMs: number
}

/**
 * What tabs say to each other. Any tab: `hello` (whether it is looked at, the signal by which it noticed, and whom it
 * takes for the leader; answered with `here`), `bye`, `ask`, `note`. The leader: `here` (how it is fed, and whether its
 * own page is looked at), `deliver` (what its socket brought), `reply` (what the check said). `n` is how many deliveries it
 * has made: a tab that finds a number left out has missed something.
 */
export type Message = { readonly from: string } & (
  | { readonly name: 'hello'; readonly isVisible: boolean; readonly look: Look | null; readonly leader: Term | null }
  | { readonly name: 'bye' }
  | { readonly name: 'ask'; readonly id: string; readonly query: Query }
  | { readonly name: 'note'; readonly note: TabNote }
  | ({ readonly term: number; readonly n: number } & (
      | {
          readonly name: 'here'
          readonly isVisible: boolean
          readonly connection: Connection
          readonly nextTryAtMs: number | null
        }
      | { readonly name: 'deliver'; readonly event: string; readonly payload: unknown }
      | ({ readonly name: 'reply' } & Settled)
    ))
)

/** What only the leader says. */
export type LeaderMessage = Extract<Message, Term>

/** A message before it is signed. */
export type Unsigned<Signed> = Signed extends unknown ? Omit<Signed, 'from'> : never

/** Posts a message to the other tabs, signed. Never throws. */
export type Post = (message: Unsigned<Message>) => void

/** True for what only the leader says. */
export const isFromLeader = (message: Message): message is LeaderMessage =>
  message.name === 'here' || message.name === 'deliver' || message.name === 'reply'

const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value)
const oneOf = (words: readonly unknown[]): Shape =>
  where(`one of ${words.join(', ')}`, (value) => words.includes(value))
const integerBelow = (end: number): Shape =>
  where('an integer, 0 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < end)

/** Picks the shape by the value's own name. */
const named =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    const name = isRecord(value) ? own(value, 'name') : value
    const shape = typeof name === 'string' ? (own(shapes, name) as Shape | undefined) : null
    return shape ? shape(value) : misfit(`one of ${Object.keys(shapes).join(', ')}`, name)
  }

const anything: Shape = () => null
const flag = where('true or false', (value) => typeof value === 'boolean')
const number = where('a finite number', Number.isFinite)
const count = integerBelow(Number.POSITIVE_INFINITY)
const term = integerBelow(TERMS)
const epoch = where('an epoch', (value) => typeof value === 'string' && /^[\w-]{0,32}$/.test(value))
const cursor = record({ epoch, seq: count })
const error = record({ code: text, message: text, status: optional(number) })
const query = record({ since: orNull(cursor), owner: orNull(text), hasLog: optional(flag), maxAgeMs: optional(number) })

const fed = { reason: text, sinceMs: number }
const trying = record({ ...fed, error: orNull(error) })
const connection = named({
  idle: record(fed),
  connecting: record(fed),
  live: record(fed),
  polling: trying,
  waiting: trying,
  refused: record({ ...fed, error }),
})

const answer = record({
  since: orNull(cursor),
  owner: text,
  cursor,
  events: list(record({ event: text })),
  reset: flag,
  spreadMs: optional(number),
})
const next: Shape = (value) => (Number.isFinite(value) ? null : oneOf(['when-told', 'never'])(value))
const reply = named({
  log: record({ answer }),
  bare: record({ answer: record({ updated: flag, message: orNull(text), atMs: number }) }),
  nothing: anything,
  unanswered: record({ next, error }),
})
const note = named({
  'changed-here': record({ instance: text }),
  dismissed: record({ keys: list(text) }),
  'other-user': anything,
})

const from = text
const messageShape = named({
  hello: record({ from, isVisible: flag, look: oneOf([...LOOKS, null]), leader: orNull(record({ from, term })) }),
  bye: record({ from }),
  ask: record({ from, id: text, query }),
  note: record({ from, note }),
  here: record({ from, term, n: count, isVisible: flag, connection, nextTryAtMs: orNull(number) }),
  deliver: record({ from, term, n: count, event: text }),
  reply: record({ from, term, n: count, ids: list(text), reply, asOfMs: number }),
})

// An error of ours would arrive as a mere `Error`.
const readError = ({ code, message, status }: CartEchoError): object => new CartEchoError(code, message, { status })
const writeError = ({ code, message, status }: CartEchoError): object => ({ code, message, status })

const withError = (message: Message, turn: (error: CartEchoError) => object): Message => {
  const inside = <Value extends object>(value: Value): Value =>
    'error' in value && value.error ? { ...value, error: turn(value.error as CartEchoError) } : value
  if (message.name === 'here') return { ...message, connection: inside(message.connection) }
  return message.name === 'reply' ? { ...message, reply: inside(message.reply) } : message
}

/** Posts on the bus as the tab `self`. What cannot be cloned is reported. */
export const createPost =
  (bus: Bus, self: string, report: Sink['report']): Post =>
  (message) => {
    try {
      bus.post(withError({ ...message, from: self } as Message, writeError))
    } catch (cause) {
      report(new CartEchoError('invalid-payload', `Not handed to other tabs: ${wordsOf(cause)}`, { cause }))
    }
  }

/** Reads what came by the bus. Any script of this origin may speak on it: what cannot be read is passed over, and reported once. */
export const createReader = (hear: (message: Message) => void, report: Sink['report']) => {
  let hasReported = false
  return (data: unknown): void => {
    const wrong = messageShape(data)
    if (!wrong) return hear(withError(data as Message, readError))
    if (hasReported) return
    hasReported = true
    const words = reportOf(wrong)
    report(new CartEchoError('invalid-payload', `Message of a tab skipped: ${sentenceOf(words)}`, { report: words }))
  }
}
