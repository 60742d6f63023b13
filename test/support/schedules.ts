/**
 * How many random schedules a property of the whole client is tried on. Few, so that one can wait for them; `CART_ECHO_SCHEDULES=30000 npm run test:unit` tries more, and the
 * seed of the run, which it prints, tries the same ones again.
 */
export const SCHEDULES = Number(process.env.CART_ECHO_SCHEDULES || 400)
// Of no schedule at all every property holds.
if (!(SCHEDULES >= 1)) throw new Error('CART_ECHO_SCHEDULES is no number, such as 30000.')

/** How long so many may take, at so much each. Whoever adds up what was tried, at the lowest priority perhaps for hours, waits a day: what failed is said by then. */
export const withinMs = (eachMs: number): number =>
  process.env.CART_ECHO_COUNT ? 86_400_000 : SCHEDULES * eachMs + 90_000
