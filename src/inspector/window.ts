/** The part of time that the timeline shows: so many milliseconds up to a moment; null: up to now, and along with it. */
export interface TimeWindow {
  readonly lengthMs: number
  readonly toMs: number | null
}

/** What one can zoom to, from near to far. */
export const LENGTHS: readonly number[] = [10_000, 30_000, 60_000, 180_000, 600_000]

/** The last minute. */
export const firstWindow: TimeWindow = { lengthMs: 60_000, toMs: null }

/** Where a window may go: between the first thing that is known, and now. */
export interface Bounds {
  readonly firstMs: number
  readonly nowMs: number
}

/** Scrolls by so many milliseconds. At the present it follows again; what is known first stays in sight. */
export const scrolled = (window: TimeWindow, byMs: number, { firstMs, nowMs }: Bounds): TimeWindow => {
  const toMs = Math.max((window.toMs ?? nowMs) + byMs, Math.min(nowMs, firstMs + window.lengthMs / 2))
  return { ...window, toMs: toMs >= nowMs ? null : toMs }
}

/** Scrolls to what is known first. */
export const atFirst = (window: TimeWindow, bounds: Bounds): TimeWindow =>
  scrolled(window, Number.NEGATIVE_INFINITY, bounds)

/** Follows the present. */
export const atNow = (window: TimeWindow): TimeWindow => ({ ...window, toMs: null })

/** One step nearer (-1) or farther (1). */
export const zoomed = (window: TimeWindow, step: -1 | 1): TimeWindow => {
  const lengthMs = LENGTHS[LENGTHS.indexOf(window.lengthMs) + step] ?? window.lengthMs
  return { ...window, lengthMs }
}

const STEPS_MS = [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000]

/** The moments between two that get a label, at least so many milliseconds apart. */
export const ticksOf = (fromMs: number, toMs: number, apartMs: number): readonly number[] => {
  const stepMs = STEPS_MS.find((ms) => ms >= apartMs) ?? 600_000
  const firstMs = Math.ceil(fromMs / stepMs) * stepMs
  const ticks: number[] = []
  for (let atMs = firstMs; atMs <= toMs; atMs += stepMs) ticks.push(atMs)
  return ticks
}
