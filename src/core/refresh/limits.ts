/** How long to wait for the rest of a burst, unless the page says otherwise. */
export const SETTLE_MS = 250

/** No hint of a server spreads a refresh wider. */
export const LONGEST_SPREAD_MS = 300_000

/** How widely to spread a refresh, where neither server nor page says. */
export const SPREAD_MS = 2_000

/** How often one is tried. */
export const MOST_ATTEMPTS = 5

/** How long a run may take. */
export const RUN_WITHIN_MS = 30_000
