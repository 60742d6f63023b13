import type { ConnectionFact } from './connection'
import type { Cursor } from './cursor'
import type { Environment, Stop } from './environment'
import { CartEchoError } from './errors'
import { takeIn } from './inbox'
import type { Arrival } from './inbox/arrival'
import type { Effect } from './inbox/effect'
import { type Inbox, newInbox, wakesAtMs } from './inbox/state'
import type { InboxRules } from './inbox/turn'
import type { Shopper } from './shopper'
import { stopLink } from './stop-link'
import type { Link, Reply, Said, Sink, TabNote, Transport } from './transport'
import { createWaiters } from './waiters'

/** What outlives a session of the same shopper: stopping and starting again loses nothing and repeats nothing. */
export interface Memory {
  inbox: Inbox
  /** Effects that were decided but not carried out yet, because a listener stopped the session in between. */
  readonly pending: Effect[]
  /** True while effects are being carried out, perhaps by a session that a listener has just stopped. */
  busy: boolean
  /** As of when everything there is was told; null: never yet. */
  confirmedAtMs: number | null
  /** How many changes were told. */
  told: number
  /** Keys of news that another tab dismissed, the newest last. */
  read: readonly string[]
}

/** The memory of a page that was just rendered for a shopper. */
export const newMemory = ({ owner, cursor }: Shopper): Memory => ({
  inbox: newInbox(owner, cursor),
  pending: [],
  busy: false,
  confirmedAtMs: null,
  told: 0,
  read: [],
})

/** Tells a memory without a session that the page was rendered anew; the next session carries out what follows. */
export const renderedWhileClosed = (
  memory: Memory,
  cursor: Cursor,
  rules: SessionParts['rules'],
  nowMs: number,
): void => {
  const arrival: Arrival = { name: 'rendered', cursor }
  const { inbox, effects } = takeIn(memory.inbox, arrival, { ...rules, canAsk: false }, { nowMs, random: 0 })
  memory.inbox = inbox
  memory.pending.push(...effects)
}

/** An effect that concerns the page. */
export type PageEffect = Exclude<Effect, { name: 'ask' | 'unsettled' }>

/** What a session is made of. */
export interface SessionParts {
  readonly environment: Environment
  readonly rules: Omit<InboxRules, 'canAsk'>
  readonly transport: Transport
  readonly memory: Memory
  /** Carries out what concerns the page. */
  readonly heed: (effect: PageEffect) => void
  readonly state: (fact: ConnectionFact) => void
  /** Hears the shopper's other tabs. */
  readonly note: (note: TabNote) => void
}

/** One shopper's listening, from start to stop. */
export interface Session {
  /** Starts the transport. Apart from opening, so that whoever is told at once already holds the session to stop. */
  readonly begin: () => void
  /** The page was rendered anew, at this cursor. */
  readonly rendered: (cursor: Cursor) => void
  /**
   * Asks the check now, and resolves when everything it knows has been told. Rejects with the error of an ask that failed,
   * of an answer that settles nothing, or with `cannot-check` when the session ends or has nothing to ask.
   */
  readonly confirm: () => Promise<void>
  /** Tells the shopper's other tabs, where the transport knows of any. Never throws. */
  readonly tell: (note: TabNote) => void
  /** Ends it. Whatever the link says afterwards is not heard; who waits for a confirmation is told why. */
  readonly stop: (why?: CartEchoError) => void
}

/** Runs the pure inbox against a link and a clock. Never throws: a transport that does is refused with `echo-failed`. */
export const openSession = ({ environment, rules, transport, memory, heed, state, note }: SessionParts): Session => {
  let open = true
  let link: Link | null = null
  let stopTimer: Stop = () => undefined
  let asks = 0
  const waiters = createWaiters()
  const early: (() => void)[] = []

  const arrive = (arrival: Arrival): void => {
    const moment = { nowMs: environment.nowMs(), random: environment.random() }
    const { inbox, effects } = takeIn(memory.inbox, arrival, { ...rules, canAsk: link?.ask !== undefined }, moment)
    memory.inbox = inbox
    memory.pending.push(...effects)
    carryOut()
    wake()
  }

  // A queue, not recursion: a listener that makes another change arrive must not let it overtake this one.
  const carryOut = (): void => {
    if (memory.busy) return
    memory.busy = true
    for (let effect = next(); effect; effect = next()) perform(effect)
    memory.busy = false
  }

  const next = (): Effect | undefined => (open ? memory.pending.shift() : undefined)

  const perform = (effect: Effect): void => {
    if (effect.name === 'ask') ask(effect.since)
    else if (effect.name === 'unsettled') waiters.disappoint(effect.error)
    else heed(effect)
    if (effect.name === 'confirmed') whenOpen(() => confirm(effect))
  }

  const confirm = ({ ask, asOfMs }: Effect & { name: 'confirmed' }): void => {
    const known = memory.confirmedAtMs
    // Another tab's older answer makes nobody less sure; a clock that was put back does.
    const isNewer = known === null || known > environment.nowMs() || Number(asOfMs) > known
    if (asOfMs !== undefined && isNewer) memory.confirmedAtMs = asOfMs
    if (ask !== undefined) waiters.satisfy(ask)
  }

  const wake = (): void => {
    stopTimer()
    const atMs = memory.pending.length > 0 ? environment.nowMs() : wakesAtMs(memory.inbox)
    if (!open || atMs === null) return
    stopTimer = environment.schedule(Math.max(0, atMs - environment.nowMs()), () => arrive({ name: 'time' }))
  }

  const ask = (since: Cursor | null): void => {
    asks += 1
    const mine = asks
    const askedAtMs = environment.nowMs()
    const query = { since, owner: memory.inbox.owner, ...(waiters.isEmpty() ? {} : { maxAgeMs: 0 }) }
    askLink(link, query)?.then(
      (reply) => whenOpen(() => takeReply(reply, mine, askedAtMs)),
      (cause) => whenOpen(() => goUnanswered(mine, checkFailed(cause))),
    )
  }

  const takeReply = (reply: Reply, mine: number, askedAtMs: number): void => {
    if (reply.name !== 'unanswered') return arrive(arrivalOf(reply, reply.asOfMs ?? askedAtMs, mine))
    waiters.fail(mine, reply.error)
    arrive({ name: 'unanswered', next: reply.next })
    // Who came while that ask was under way has not been asked for yet.
    if (!waiters.isEmpty()) whenOpen(() => arrive({ name: 'gap' }))
  }

  const goUnanswered = (mine: number, error: CartEchoError): void => {
    heed({ name: 'report', error })
    waiters.fail(mine, error)
    whenOpen(() => arrive({ name: 'unanswered' }))
  }

  const whenOpen = (run: () => void): void => {
    if (open) run()
  }

  // A transport may speak before it has returned; it is heard once its link is there to be asked.
  const enter = (run: () => void): void => {
    if (link) whenOpen(run)
    else early.push(run)
  }

  const sink: Sink = {
    deliver: (event, payload) => enter(() => arrive({ name: 'broadcast', event, payload })),
    answer: (said, asOfMs) => enter(() => arrive(arrivalOf(said, asOfMs))),
    gap: (_why, withinMs = 0) => enter(() => arrive({ name: 'gap', inMs: withinMs * environment.random() })),
    state: (fact) => enter(() => state(fact)),
    report: (error) => enter(() => heed({ name: 'report', error })),
    note: (said) => enter(() => note(said)),
  }

  const startTransport = (): Link => {
    try {
      return transport(sink)
    } catch (cause) {
      const error = new CartEchoError('echo-failed', 'The transport threw when it was started.', { cause })
      sink.state({ name: 'refused', because: 'echo-failed', error })
      return { stop: () => undefined }
    }
  }

  const endLink = ({ stop }: Link): void => stopLink(stop, (error) => heed({ name: 'report', error }))

  return {
    begin: () => {
      if (!open) return
      forgetAsk(memory)
      link = startTransport()
      if (!open) return endLink(link)
      arrive({ name: 'unanswered' })
      for (const run of early.splice(0)) whenOpen(run)
    },
    rendered: (cursor) => whenOpen(() => arrive({ name: 'rendered', cursor })),
    confirm: () => {
      if (!open || !link?.ask) return Promise.reject(nothingToAsk())
      const confirmation = waiters.add(asks)
      arrive({ name: 'gap' })
      return confirmation
    },
    tell: (note) => whenOpen(() => link?.tell?.(note)),
    stop: (why) => {
      if (!open) return
      open = false
      stopTimer()
      if (link) endLink(link)
      waiters.end(why ?? new CartEchoError('cannot-check', 'Listening ended before the check had answered.'))
    },
  }
}

const arrivalOf = (said: Said, asOfMs: number, ask?: number): Arrival =>
  said.name === 'log' ? { name: 'answer', answer: said.answer, asOfMs, ask } : { ...said, asOfMs, ask }

const nothingToAsk = (): CartEchoError =>
  new CartEchoError('cannot-check', 'There is no check to ask: give createCartEcho the address of one.')

const checkFailed = (cause: unknown): CartEchoError =>
  new CartEchoError('check-failed', 'The check did not answer. It is asked again.', { cause })

// An answer to what an earlier session asked is not heard any more: it is asked anew.
const forgetAsk = (memory: Memory): void => {
  const kept = memory.pending.filter(({ name }) => name !== 'ask' && name !== 'confirmed' && name !== 'unsettled')
  memory.pending.splice(0, memory.pending.length, ...kept)
}

// An ask() that throws at once is the same as one that rejects.
const askLink = (link: Link | null, query: Parameters<NonNullable<Link['ask']>>[0]): Promise<Reply> | undefined =>
  link?.ask && (async () => link.ask?.(query) as Promise<Reply>)()
