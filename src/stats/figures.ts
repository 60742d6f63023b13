import type { Connection } from '../engine/state'
import type { RefreshStep } from '../engine/trace'
import type { Way } from '../trace/entries'

/**
 * The upper bounds of the buckets into which delays are counted, in milliseconds; what took longer is counted under `more`. They are fixed, so that the figures
 * of many pages add up.
 */
export const BUCKETS_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const

/** The bucket of a delay: its upper bound in milliseconds. */
export type Bucket = `${(typeof BUCKETS_MS)[number]}` | 'more'

/** How a change came whose delay was measured: by a socket, this tab's or another's, or by the check. */
export type Path = 'live' | 'check'

/** A code of a `CartEchoError`, or the reason of a connection; `other` for what is not written like one. */
type Word = string

/**
 * The name of a figure, `what` or `what.which`.
 *
 * `pages`: 1 in a page's first report. `heard`, `told`: changes that came, and that listeners were called with. `duplicates`, `unreadable`: broadcasts that were
 * dropped. `held`: broadcasts that had to wait for what comes before them; `gaps`, `gaps_filled`, `gap_ms`: how often something was missing, how often it came,
 * and how long that took. `resyncs`: something may have been missing. `asks`, `answers`, `answer_ms`, `unanswered`: what this page asked of the check, or of the
 * tab that asks it. `resets`: the cart was read anew without words. `refreshes`: by what became of them. `became`: the states that the connection took on,
 * `became.waiting.socket-lost`. `visible_ms`: how long somebody looked at the page in each. `outages`, `outage_ms`: it was live, was not, and is again; and how
 * long that took. `hand_overs`: another tab leads. `errors`: what went to `onError`, by its code. `latency`: how much later than the fastest change lately one
 * was told, `latency.live.250`; `latency_ms`: the sum.
 */
export type FigureName =
  | 'pages'
  | `heard.${Way}`
  | `told.${Way}`
  | 'duplicates'
  | 'unreadable'
  | 'held'
  | 'gaps'
  | 'gaps_filled'
  | 'gap_ms'
  | 'resyncs'
  | 'asks'
  | 'answers'
  | 'answer_ms'
  | `unanswered.${Word}`
  | 'resets'
  | `refreshes.${Exclude<RefreshStep['phase'], 'begun'>}`
  | `became.${Connection['name']}.${Word}`
  | `visible_ms.${Connection['name']}`
  | 'outages'
  | 'outage_ms'
  | 'hand_overs'
  | `errors.${Word}`
  | `latency.${Path}.${Bucket}`
  | `latency_ms.${Path}`

/**
 * What happened on a page, as whole numbers by `FigureName`; what did not happen is not there. Plain JSON. Reports of many pages, and of one page many times, are
 * added up number by number. There is nothing else in them: no id, no place in a log, no address, nothing of a payload.
 */
export type Figures = Readonly<Record<string, number>>

/** Figures that can be added to. */
export interface Tally {
  readonly add: (name: FigureName, by?: number) => void
  /** What there is, which begins at nothing again. */
  readonly take: () => Figures
  /** All that was ever added. */
  readonly total: () => Figures
}

/** A tally of nothing. */
export const createTally = (): Tally => {
  const total = new Map<FigureName, number>()
  const latest = new Map<FigureName, number>()
  return {
    add: (name, by = 1) => {
      for (const figures of [total, latest]) figures.set(name, (figures.get(name) ?? 0) + by)
    },
    take: () => {
      const taken = asFigures(latest)
      latest.clear()
      return taken
    },
    total: () => asFigures(total),
  }
}

// Rounded here alone: clocks of pages may count fractions.
const asFigures = (figures: ReadonlyMap<FigureName, number>): Figures => {
  const all: Record<string, number> = {}
  for (const [name, value] of figures) if (Math.round(value) > 0) all[name] = Math.round(value)
  // The page is given them before they are sent.
  return Object.freeze(all)
}
