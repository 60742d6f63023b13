import type { Cursor } from '../cursor'
import { CartEchoError } from '../errors'
import type { Arrival, Asked } from '../inbox/arrival'
import type { Memory } from '../memory'
import type { Link, Query, Reply, Said } from '../transport'
import { cannotAnswer } from '../unanswered'
import { createWaiters } from '../waiters'

/** Asks the check, for the inbox and for whoever waits to be sure. */
export interface Asker {
  /** Asks for everything after `since`; what comes of it arrives. */
  readonly ask: (since: Cursor | null) => void
  /**
   * Asks anew, and resolves when everything the check knows has been told. Rejects with the error of an ask that failed, or of an answer
   * that settles nothing; with `cannot-check` when there is nothing to ask.
   */
  readonly confirm: () => Promise<void>
  /** Everything that this ask brought has been told. */
  readonly confirmed: (ask: number) => void
  /** What was answered settles nothing. */
  readonly unsettled: (error: CartEchoError) => void
  /** Nobody will answer any more. */
  readonly end: (error: CartEchoError) => void
}

/** What an asker is made of. */
export interface AskerParts {
  readonly nowMs: () => number
  readonly memory: Memory
  /** Null until there is one. */
  readonly link: () => Link | null
  readonly arrive: (arrival: Arrival) => void
  readonly report: (error: CartEchoError) => void
}

/** Nothing asked yet. */
export const createAsker = ({ nowMs, memory, link, arrive, report }: AskerParts): Asker => {
  const waiters = createWaiters()
  let asks = 0

  const takeReply = (reply: Reply, ask: number, askedAtMs: number): void => {
    if (reply.name !== 'unanswered') return arrive(arrivalOf(reply, { ask, asOfMs: reply.asOfMs ?? askedAtMs }))
    if (!reply.isProvisional) waiters.fail(ask, reply.error)
    arrive({ name: 'unanswered', next: reply.next })
    if (reply.isProvisional) return
    // Who came while that ask was under way has not been asked for yet.
    if (!waiters.isEmpty()) arrive({ name: 'gap' })
  }

  const takeFailure = (cause: unknown, ask: number): void => {
    const error = new CartEchoError('check-failed', 'The check did not answer. It is asked again.', { cause })
    report(error)
    waiters.fail(ask, error)
    arrive({ name: 'unanswered' })
  }

  return {
    ask: (since) => {
      asks += 1
      const mine = asks
      const askedAtMs = nowMs()
      const { owner, hasLog } = memory.inbox
      const query = { since, owner, ...(hasLog ? { hasLog } : {}), ...(waiters.isEmpty() ? {} : { maxAgeMs: 0 }) }
      askLink(link(), query)?.then(
        (reply) => takeReply(reply, mine, askedAtMs),
        (cause) => takeFailure(cause, mine),
      )
    },
    confirm: () => {
      if (!link()?.ask) return Promise.reject(nothingToAsk())
      const confirmation = waiters.add(asks)
      arrive({ name: 'gap' })
      return confirmation
    },
    confirmed: waiters.satisfy,
    unsettled: waiters.disappoint,
    end: waiters.end,
  }
}

/** What the check said, as it arrives at the inbox. */
export const arrivalOf = (said: Said, asked: Asked): Arrival =>
  said.name === 'log' ? { name: 'answer', answer: said.answer, ...asked } : { ...said, ...asked }

/** The error of a confirmation where there is no check. */
export const nothingToAsk = (): CartEchoError =>
  cannotAnswer('There is no check to ask: give createCartEcho the address of one.').error

// An ask() that throws at once is the same as one that rejects.
const askLink = (link: Link | null, query: Query): Promise<Reply> | undefined =>
  link?.ask && (async () => link.ask?.(query) as Promise<Reply>)()
