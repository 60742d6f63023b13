import { createEmitter, createGuard, type OnError } from './emitter'
import type { Stop } from './environment'
import { type CartEchoError, insistOnFunction } from './errors'
import type { Arrival, Effect, Stream } from './stream/state'

/**
 * One thing that happened inside, for tools. It is as the engine has it, and may be otherwise in any version: `cart-echo/stats` and `cart-echo/inspector`
 * read it, of the same version. It has whole payloads in it, so nothing of it may leave the page unread.
 */
export type Trace =
  | StreamStep
  | RefreshStep
  | TabsSeen
  /** Another customer looks from here on, or nobody, or nobody knows who: what came before was somebody else's. */
  | { readonly name: 'customer' }
  /** Goes to `onError` too. */
  | { readonly name: 'error'; readonly error: CartEchoError }

/** Something arrived: what the stream was before, what it is now, and what is done for it next. */
export interface StreamStep {
  readonly name: 'stream'
  readonly arrival: Arrival
  readonly before: Stream
  readonly after: Stream
  readonly effects: readonly Effect[]
}

/** A run of one `onRefresh` function. `skipped`: a listener prevented it. `dropped`: it was aborted, for another customer looks or the page stopped. */
export interface RefreshStep {
  readonly name: 'refresh'
  readonly phase: 'begun' | 'done' | 'skipped' | 'failed' | 'dropped'
}

/** What this tab knows of the shopper's tabs, once there are several. Tabs are named at random, anew for each session. */
export interface TabsSeen {
  readonly name: 'tabs'
  readonly self: string
  /** The tab that feeds the others; null: none is known yet. */
  readonly leader: string | null
  /** The other tabs that were heard and have not said that they go. One that crashed says nothing. */
  readonly others: readonly string[]
}

/**
 * Tells tools what happens. What one of them throws goes to `onError`, and is told to none: it would throw again. Where one of them acts on what it is told, what
 * comes of that is told first to those that were added later.
 */
export const createTracer = (onError: OnError) => {
  const guard = createGuard(onError)
  const emitter = createEmitter<{ trace: [Trace] }>(guard)
  let tabs: TabsSeen | null = null
  let isOver = false

  const trace = (what: Trace): void => {
    const gone = isOver ? tabs : null
    if (isOver) tabs = null
    isOver = false
    if (gone) emitter.emit('trace', { ...gone, leader: null, others: [] })
    if (what.name === 'tabs') tabs = what
    emitter.emit('trace', what)
  }

  return {
    trace,
    /** Adds a listener, which is told at once of the tabs that are known. Returns what removes it. */
    listen: (listener: (what: Trace) => void): Stop => {
      insistOnFunction('trace()', listener)
      const stop = emitter.on('trace', listener)
      const known = isOver ? null : tabs
      if (known) guard('trace', () => listener(known))
      return stop
    },
    /** What those tabs were heard by has ended: nobody leads, as far as is known. That is told before whatever comes next. */
    forgetTabs: (): void => {
      isOver = true
    },
  }
}
