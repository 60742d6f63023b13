import type { Answer, BareAnswer } from './answer'
import type { Cursor } from './cursor'
import type { Environment, Stop } from './environment'
import { CartEchoError } from './errors'
import type { ReverbSettings } from './settings'
import { type ConnectionFact, echoThrew } from './state'
import type { TabsSeen } from './trace'

/** Where a transport puts what it has. After `stop` nothing put here has any effect. */
export interface Sink {
  /** A broadcast as it came from the socket, undecoded. */
  deliver(event: string, payload: unknown): void
  /** What the check said, as of then, to whoever asked: what the page did not ask for settles only what it can. */
  answer(said: Said, asOfMs: number): void
  /**
   * Something may be missing. The stream, which alone knows the cursor, asks: at once, or at random within the time
   * given, for what happened to everybody at the same moment. `onlyOwned`: not where nobody knows whose log it is, for
   * a check that names no owner would answer for whoever is logged in now.
   */
  resync(withinMs?: number, onlyOwned?: boolean): void
  /** What moves the connection. */
  state(fact: ConnectionFact): void
  /** Trouble that does not move the connection. */
  report(error: CartEchoError): void
  /** What another of the shopper's tabs says, or which tabs there are. */
  note(note: TabNote | TabsSeen): void
}

/** What is asked of the check. */
export interface Query {
  readonly since: Cursor | null
  /** Whose log the page believes it reads; null: not known yet. */
  readonly owner: string | null
  /** True when the page knows that there is a log, by its block or by an answer. */
  readonly hasLog?: boolean | undefined
  /** Given when somebody waits for the answer: ask now, whatever the back-off; an answer this young will do. */
  readonly maxAgeMs?: number | undefined
}

/**
 * What became of an ask. `asOfMs`: when the check was asked, if that was not for this ask. `unanswered`: `next` is how
 * many milliseconds later to ask again, `when-told` to wait for the next resync, `never` when nobody will answer.
 */
export type Reply =
  | { readonly name: 'log'; readonly answer: Answer; readonly asOfMs?: number | undefined }
  | { readonly name: 'bare'; readonly answer: BareAnswer; readonly asOfMs?: number | undefined }
  | { readonly name: 'nothing'; readonly asOfMs?: number | undefined }
  | {
      readonly name: 'unanswered'
      readonly next: number | 'when-told' | 'never'
      readonly error: CartEchoError
      /** True when the ask comes again at `next`, and only then is settled: whoever waits waits on. */
      readonly isProvisional?: boolean | undefined
    }

/** A reply that says something. */
export type Said = Exclude<Reply, { name: 'unanswered' }>

/**
 * What a page tells the shopper's other tabs: it has changed the cart; it has dismissed the news of these keys; the
 * check answers for another customer.
 */
export type TabNote =
  | { readonly name: 'changed-here'; readonly instance: string }
  | { readonly name: 'dismissed'; readonly keys: readonly string[] }
  | { readonly name: 'other-user' }

/** A running transport. */
export interface Link {
  /** Ends it: no timer, listener, request or socket of ours is left. Calling it again does nothing. */
  readonly stop: Stop
  /**
   * Asks the check. Left out by transports that only listen: then nothing is asked, and a gap is only waited for. One
   * that rejects is reported as `check-failed` and asked again, later each time.
   */
  readonly ask?: ((query: Query) => Promise<Reply>) | undefined
  /** Tells the shopper's other tabs. Left out by transports that know of none. */
  readonly tell?: ((note: TabNote) => void) | undefined
}

/** Starts to feed a page. It never throws: what goes wrong becomes a fact. */
export type Transport = (sink: Sink) => Link

/** What a connector listens to. */
export interface ConnectorOptions {
  readonly environment: Environment
  /** The private channel without `private-`, such as `App.Models.User.7`. */
  readonly channel: string
  /** The events to listen to, without Echo's leading dot. */
  readonly events: readonly string[]
}

/** Where broadcasts come from: what `echo(…)` and `reverb(…)` give for the option `connect`. */
export interface Connector {
  /** The key of the app, if it is known: pages of two apps share nothing. `mayLook`: whether the page's own getter may be called to find it. */
  readonly key: (mayLook: boolean) => string | null
  /** Creates the transport for a channel. */
  readonly transport: (options: ConnectorOptions) => Transport
  /**
   * The connector for a page with other Reverb settings than the page before: the same one when they amount to the same. Left out when such settings
   * change nothing.
   */
  readonly at?: ((settings: ReverbSettings, before: Partial<ReverbSettings> | null) => Connector) | undefined
}

/** Starts a transport. One that throws, as a page's own Echo may, is refused with `echo-failed`; nothing is thrown. */
export const startLink = (transport: Transport, sink: Sink): Link => {
  try {
    return transport(sink)
  } catch (cause) {
    sink.state(echoThrew(cause))
    return { stop: () => undefined }
  }
}

/** Stops a transport. One that throws, as a page's own Echo may, is reported as `echo-failed`; nothing is thrown. */
export const stopLink = (stop: Stop, report: (error: CartEchoError) => void): void => {
  try {
    stop()
  } catch (cause) {
    report(echoThrew(cause).error)
  }
}

/** The reply to an ask that nobody can answer for now: it waits for the next resync. */
export const cannotAnswer = (words: string): Reply & { name: 'unanswered' } => ({
  name: 'unanswered',
  next: 'when-told',
  error: new CartEchoError('cannot-check', words),
})

/** The reply to an ask whose page went away. */
export const gone = (): Reply & { name: 'unanswered' } => cannotAnswer('Listening ended.')

/** The reply where there is no check. */
export const noCheck = (): Reply & { name: 'unanswered' } => cannotAnswer('Give createCartEcho a check.')
