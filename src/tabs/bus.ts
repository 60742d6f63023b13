import type { PageSignal } from '../engine/environment'
import { CartEchoError } from '../engine/errors'
import { isRecord, list, type Misfit, misfit, optional, own, record, type Shape, text, where } from '../engine/shape'
import type { Connection } from '../engine/state'
import type { Query, Reply, TabNote } from '../engine/transport'

/**
 * One tab's time as the leader. The later one has the later term; of two that began at once, the names decide. Terms go round, so that none, however it came
 * about, is the last: the one that is less than half a round ahead is the later.
 */
export interface Office {
  /** 0 to 2^40 - 1. */
  readonly term: number
  /** The tab that has it. */
  readonly by: string
}

/** How many terms there are. */
const TERMS = 2 ** 40

/** Below 0 when `a` came before `b`, 0 when they are the same. Nobody at all came before everybody. */
export const compareOffices = (a: Office | null, b: Office | null): number => {
  if (!a || !b) return Number(a !== null) - Number(b !== null)
  const ahead = (a.term - b.term + TERMS) % TERMS
  if (ahead > 0) return ahead < TERMS / 2 ? 1 : -1
  return Number(a.by > b.by) - Number(a.by < b.by)
}

/** The office of a tab that takes over from the one it knows. */
export const nextOffice = (known: Office | null, by: string): Office => ({ term: ((known?.term ?? 0) + 1) % TERMS, by })

/** What makes a tab that is looked at speak. */
export type Sight = 'visible' | 'navigated' | 'focused' | 'woke'

const SIGHTS: readonly (string | null)[] = ['visible', 'navigated', 'focused', 'woke']

/** True for a signal that a tab tells the others. */
export const isSight = (signal: PageSignal): signal is Sight => SIGHTS.includes(signal)

/**
 * What tabs say to each other. Every tab: `hello` (who looks at it, and whom it takes for the leader; answered with `here`), `bye`,
 * `ask`, `note`. The leader: `here` (how it is fed, and whether somebody looks at it), what came by its socket, what the check said to
 * whose asks. `n` counts what the leader has delivered: a tab that finds a number left out knows that it missed something.
 */
export type Message = { readonly from: string } & (
  | {
      readonly name: 'hello'
      readonly isVisible: boolean
      readonly saw: Sight | null
      readonly leader: Office | null
    }
  | { readonly name: 'bye' }
  | { readonly name: 'ask'; readonly id: string; readonly query: Query }
  | { readonly name: 'note'; readonly note: TabNote }
  | LeaderMessage
)

/** What the leader says. */
export type LeaderMessage = { readonly from: string; readonly office: Office } & (
  | {
      readonly name: 'here'
      readonly n: number
      readonly isVisible: boolean
      readonly connection: Connection
      readonly nextTryAtMs: number | null
    }
  | { readonly name: 'deliver'; readonly n: number; readonly event: string; readonly payload: unknown }
  | { readonly name: 'reply'; readonly ids: readonly string[]; readonly reply: Reply; readonly asOfMs: number }
)

/** What is said, before it is signed. */
export type Words = Unsigned<Message>

type Unsigned<Signed> = Signed extends unknown ? Omit<Signed, 'from'> : never

const LEADERS: readonly string[] = ['here', 'deliver', 'reply']

/** True for what only a leader says. */
export const isLeaders = (message: Message): message is LeaderMessage => LEADERS.includes(message.name)

const number = where('a finite number', Number.isFinite)
const count = where('an integer, 0 or more', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
const word = (words: readonly (string | null)[]): Shape =>
  where(`one of ${words.join(', ')}`, (value) => words.includes(value as string | null))
const flag = where('true or false', (value) => typeof value === 'boolean')
const anything: Shape = () => null
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value)

const term = where(
  'a term of office',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < TERMS,
)
const office = record({ term, by: text })
const epoch = where('an epoch', (value) => typeof value === 'string' && /^[\w-]{0,32}$/.test(value))
const cursor = record({ epoch, seq: count })
const error = record({ code: text, message: text, status: optional(number) })
const query = record({ since: orNull(cursor), owner: orNull(text), hasLog: optional(flag), maxAgeMs: optional(number) })

/** Picks the shape by the value's own name. */
const named =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    const name = isRecord(value) ? own(value, 'name') : value
    const shape = typeof name === 'string' ? (own(shapes, name) as Shape | undefined) : null
    return shape ? shape(value) : misfit(`one of ${Object.keys(shapes).join(', ')}`, name)
  }

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

const logged = record({ event: text })
const answer = record({
  since: orNull(cursor),
  owner: text,
  cursor,
  events: list(logged),
  reset: flag,
  spreadMs: optional(number),
})
const next: Shape = (value) => (Number.isFinite(value) ? null : word(['when-told', 'never'])(value))
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

const leaders = { from: text, office }
const shape = named({
  hello: record({
    from: text,
    isVisible: flag,
    saw: word([...SIGHTS, null]),
    leader: orNull(office),
  }),
  bye: record({ from: text }),
  ask: record({ from: text, id: text, query }),
  note: record({ from: text, note }),
  here: record({ ...leaders, n: count, isVisible: flag, connection, nextTryAtMs: orNull(number) }),
  deliver: record({ ...leaders, n: count, event: text, payload: anything }),
  reply: record({ ...leaders, ids: list(text), reply, asOfMs: number }),
})

/** What another tab said, or what is wrong with it: any script of this origin may speak on the line. */
export const readMessage = (data: unknown): Message | { readonly name: 'unreadable'; readonly misfit: Misfit } => {
  const wrong = shape(data)
  return wrong ? { name: 'unreadable', misfit: wrong } : withErrorsBy(readError, data as Message)
}

/** A message as it is sent: an error of ours would arrive as a mere `Error`. */
export const writeMessage = (message: Message): unknown => withErrorsBy(writeError, message)

const withErrorsBy = (turn: <Value extends object>(value: Value) => Value, message: Message): Message => {
  if (message.name === 'here') return { ...message, connection: turn(message.connection) }
  return message.name === 'reply' ? { ...message, reply: turn(message.reply) } : message
}

const writeError = <Value extends object>(value: Value): Value => {
  if (!('error' in value) || !(value.error instanceof Error)) return value
  const { code, message, status } = value.error as CartEchoError
  return { ...value, error: { code, message, status } }
}

const readError = <Value extends object>(value: Value): Value => {
  if (!('error' in value) || !isRecord(value.error)) return value
  const { code, message, status } = value.error as unknown as CartEchoError
  return { ...value, error: new CartEchoError(code, message, { status }) }
}
