import { createAlarm } from './alarm'
import type { ConnectionFact } from './connection'
import type { Cursor } from './cursor'
import type { Environment } from './environment'
import { CartEchoError } from './errors'
import type { Arrival, Confirmed } from './inbox/arrival'
import type { Effect } from './inbox/effect'
import { wakesAtMs } from './inbox/state'
import type { InboxRules } from './inbox/turn'
import { carryOut, forgetAsk, type Memory, noteConfirmed, remember } from './memory'
import { arrivalOf, createAsker, nothingToAsk } from './session/asker'
import { stopLink } from './stop-link'
import type { Link, Sink, TabNote, Transport } from './transport'
import { gone } from './unanswered'

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
  let isOpen = true
  let link: Link | null = null
  const alarm = createAlarm(environment)
  const early: (() => void)[] = []

  const whenOpen = (run: () => void): void => {
    if (isOpen) run()
  }

  const report = (error: CartEchoError): void => heed({ name: 'report', error })

  const arrive = (arrival: Arrival): void => {
    if (!isOpen) return
    const moment = { nowMs: environment.nowMs(), random: environment.random() }
    remember(memory, arrival, { ...rules, canAsk: link?.ask !== undefined }, moment)
    carryOut(memory, () => isOpen, perform)
    wake()
  }

  const asker = createAsker({
    nowMs: environment.nowMs,
    memory,
    link: () => link,
    arrive,
    report: (error) => whenOpen(() => report(error)),
  })

  const perform = (effect: Effect): void => {
    if (effect.name === 'ask') return asker.ask(effect.since)
    if (effect.name === 'unsettled') return asker.unsettled(effect.error)
    heed(effect)
    if (effect.name === 'confirmed') whenOpen(() => confirm(effect))
  }

  const confirm = (confirmed: Confirmed): void => {
    noteConfirmed(memory, confirmed, environment.nowMs())
    if (confirmed.ask !== undefined) asker.confirmed(confirmed.ask)
  }

  const wake = (): void => {
    alarm.stop()
    const nowMs = environment.nowMs()
    const atMs = memory.pending.length > 0 ? nowMs : wakesAtMs(memory.inbox)
    if (!isOpen || atMs === null) return
    alarm.set(Math.max(0, atMs - nowMs), () => arrive({ name: 'time' }))
  }

  // A transport may speak before it has returned; it is heard once its link is there to be asked.
  const enter = (run: () => void): void => {
    if (link) whenOpen(run)
    else early.push(run)
  }

  const sink: Sink = {
    deliver: (event, payload) => enter(() => arrive({ name: 'broadcast', event, payload })),
    answer: (said, asOfMs) => enter(() => arrive(arrivalOf(said, { asOfMs }))),
    gap: (why, withinMs = 0) =>
      enter(() => {
        // A check that names no owner would answer for whoever has logged in.
        if (why === 'log-in' && memory.inbox.owner === null) return
        arrive({ name: 'gap', inMs: withinMs * environment.random() })
      }),
    state: (fact) => enter(() => state(fact)),
    report: (error) => enter(() => report(error)),
    note: (said) => enter(() => note(said)),
  }

  const endLink = (): void => {
    if (link) stopLink(link.stop, report)
  }

  return {
    begin: () => {
      if (!isOpen) return
      forgetAsk(memory)
      link = startLink(transport, sink)
      if (!isOpen) return endLink()
      arrive({ name: 'unanswered' })
      for (const run of early.splice(0)) whenOpen(run)
    },
    rendered: (cursor) => arrive({ name: 'rendered', cursor }),
    confirm: () => (isOpen ? asker.confirm() : Promise.reject(nothingToAsk())),
    tell: (note) => whenOpen(() => link?.tell?.(note)),
    stop: (why) => {
      if (!isOpen) return
      isOpen = false
      alarm.stop()
      endLink()
      asker.end(why ?? gone().error)
    },
  }
}

const startLink = (transport: Transport, sink: Sink): Link => {
  try {
    return transport(sink)
  } catch (cause) {
    const error = new CartEchoError('echo-failed', 'The transport threw when it was started.', { cause })
    sink.state({ name: 'refused', because: 'echo-failed', error })
    return { stop: () => undefined }
  }
}
