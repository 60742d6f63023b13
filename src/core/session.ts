import type { Answer } from './answer'
import type { ConnectionFact } from './connection'
import type { Cursor } from './cursor'
import type { Environment, Stop } from './environment'
import { CartEchoError } from './errors'
import { type Arrival, type Effect, type Inbox, type InboxRules, newInbox, takeIn, wakesAtMs } from './inbox'
import type { Shopper } from './shopper'
import type { Link, Sink, Transport } from './transport'

/** What outlives a session of the same shopper: stopping and starting again loses nothing and repeats nothing. */
export interface Memory {
  inbox: Inbox
  /** Effects that were decided but not carried out yet, because a listener stopped the session in between. */
  readonly pending: Effect[]
  /** True while effects are being carried out, perhaps by a session that a listener has just stopped. */
  busy: boolean
}

/** The memory of a page that was just rendered for a shopper. */
export const newMemory = ({ owner, cursor }: Shopper): Memory => ({
  inbox: newInbox(owner, cursor),
  pending: [],
  busy: false,
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

/** What a session is made of. */
export interface SessionParts {
  readonly environment: Environment
  readonly rules: Omit<InboxRules, 'canAsk'>
  readonly transport: Transport
  readonly memory: Memory
  /** Carries out what concerns the page: tell, stale, fresh, other-user, report. */
  readonly heed: (effect: Exclude<Effect, { name: 'ask' }>) => void
  readonly state: (fact: ConnectionFact) => void
}

/** One shopper's listening, from start to stop. */
export interface Session {
  /** Starts the transport. Apart from opening, so that whoever is told at once already holds the session to stop. */
  readonly begin: () => void
  /** The page was rendered anew, at this cursor. */
  readonly rendered: (cursor: Cursor) => void
  /** Ends it. Whatever the link says afterwards is not heard. */
  readonly stop: Stop
}

/** Runs the pure inbox against a link and a clock. Never throws: a transport that does is refused with `echo-failed`. */
export const openSession = ({ environment, rules, transport, memory, heed, state }: SessionParts): Session => {
  let open = true
  let link: Link | null = null
  let stopTimer: Stop = () => undefined
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
    for (let effect = next(); effect; effect = next()) {
      if (effect.name === 'ask') ask(effect.since)
      else heed(effect)
    }
    memory.busy = false
  }

  const next = (): Effect | undefined => (open ? memory.pending.shift() : undefined)

  const wake = (): void => {
    stopTimer()
    const atMs = memory.pending.length > 0 ? environment.nowMs() : wakesAtMs(memory.inbox)
    if (!open || atMs === null) return
    stopTimer = environment.schedule(Math.max(0, atMs - environment.nowMs()), () => arrive({ name: 'time' }))
  }

  const ask = (since: Cursor | null): void => {
    const asked = askLink(link, since)
    asked?.then(
      (answer) => whenOpen(() => arrive({ name: 'answer', answer })),
      (cause) => whenOpen(() => goUnanswered(cause)),
    )
  }

  const goUnanswered = (cause: unknown): void => {
    const error = new CartEchoError('check-failed', 'The check did not answer. It is asked again.', { cause })
    heed({ name: 'report', error })
    whenOpen(() => arrive({ name: 'no-answer' }))
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
    answer: (answer) => enter(() => arrive({ name: 'answer', answer })),
    gap: () => enter(() => arrive({ name: 'gap' })),
    state: (fact) => enter(() => state(fact)),
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

  const endLink = ({ stop }: Link): void => {
    try {
      stop()
    } catch (cause) {
      const error = new CartEchoError('echo-failed', 'The transport threw when it was stopped.', { cause })
      heed({ name: 'report', error })
    }
  }

  return {
    begin: () => {
      if (!open) return
      forgetAsk(memory)
      link = startTransport()
      if (!open) return endLink(link)
      arrive({ name: 'no-answer' })
      for (const run of early.splice(0)) whenOpen(run)
    },
    rendered: (cursor) => whenOpen(() => arrive({ name: 'rendered', cursor })),
    stop: () => {
      if (!open) return
      open = false
      stopTimer()
      if (link) endLink(link)
    },
  }
}

// An answer to what an earlier session asked is not heard any more: it is asked anew.
const forgetAsk = (memory: Memory): void => {
  const kept = memory.pending.filter(({ name }) => name !== 'ask')
  memory.pending.splice(0, memory.pending.length, ...kept)
}

// An ask() that throws at once is the same as one that rejects.
const askLink = (link: Link | null, since: Cursor | null): Promise<Answer> | undefined =>
  link?.ask && (async () => link.ask?.({ since }) as Promise<Answer>)()
