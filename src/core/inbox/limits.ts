/** Several queue workers reorder a burst all the time: a hole this young is none. */
export const SHORTEST_WAIT_MS = 300

/** One this old is asked about. */
export const LONGEST_WAIT_MS = 1_000

/** As many broadcasts wait behind a hole at most. */
export const MOST_HELD = 100

/** So many identities without a place are remembered. */
export const MOST_TOLD = 200

/** No hint of a server may put an ask off for longer. */
export const MOST_SPREAD_MS = 60_000

/** How long an ask may take before the page counts as stale. */
export const PATIENCE_MS = 1_000

/** So many earlier lives of the counter are remembered. */
export const MOST_RETIRED = 20

/** After so many answers in a row that do not know it, a held broadcast is taken for a stray. */
export const MOST_DOUBTS = 5
