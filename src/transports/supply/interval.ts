const SHORTEST_MS = 1_000
const LONGEST_MS = 86_400_000

/** Asked at least so often, and at most so often, whatever the server says; or never, where the page itself says that. */
const within = (ms: number): number => (ms === NEVER ? ms : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)))

const NEVER = Number.POSITIVE_INFINITY

/**
 * The server's interval where it gives one, within 1 s and 24 h. One below 1 s is taken for seconds by mistake, and passed over:
 * thousands of pages would obey it.
 */
export const intervalMs = (given: number | undefined, known: number): number =>
  known === NEVER || given === undefined || given < SHORTEST_MS ? within(known) : within(given)

/** When the next poll is due: never sooner than the interval, and up to a quarter later, so that pages drift apart. */
export const pollInMs = (interval: number, random: number): number => interval * (1 + random / 4)

/** When the next audit is due: at random in the second half of the interval. */
export const auditInMs = (interval: number, random: number): number => interval * (0.5 + random / 2)
