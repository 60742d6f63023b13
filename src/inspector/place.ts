import { attempt, isRecord, readNumber } from '../engine/shape'

/** Where the panel is, in CSS pixels from the top left of the window, and how large. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The size of a window. */
export interface Viewport {
  readonly width: number
  readonly height: number
}

/** How far it keeps from the window's edges where there is room, and how small it gets. */
const EDGE = 12
const LEAST = { width: 280, height: 160 } as const
const USUAL = { width: 600, height: 680 } as const
/** How high a notice of cart-echo is, with the room around it, which comes in the same corner; and how high a window is that has room for both. */
const NOTICE = 128
const ROOMY = 560

/** In the corner where most pages have the least, above the notice. */
export const usualPlace = (viewport: Viewport): Place => {
  const below = viewport.height < ROOMY ? EDGE : NOTICE
  const height = Math.min(USUAL.height, viewport.height - EDGE - below)
  return fitInto(
    { width: USUAL.width, height, x: viewport.width - USUAL.width - EDGE, y: viewport.height - height - below },
    viewport,
  )
}

/** The same, wholly within a window: smaller where it must be, and moved. */
export const fitInto = ({ x, y, width, height }: Place, viewport: Viewport): Place => {
  const fitted = {
    width: between(width, LEAST.width, viewport.width),
    height: between(height, LEAST.height, viewport.height),
  }
  return {
    ...fitted,
    x: between(x, 0, Math.max(0, viewport.width - fitted.width)),
    y: between(y, 0, Math.max(0, viewport.height - fitted.height)),
  }
}

/** What the window's session remembers of the panel. */
export interface Remembered {
  readonly place: Place
  readonly isMinimised: boolean
}

const KEY = 'cart-echo-inspector'

/** Reads it. Null where nothing is remembered, or storage is not allowed. */
export const recall = (): Remembered | null => {
  const stored = attempt(() => JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as unknown)
  if (!isRecord(stored)) return null
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => readNumber(stored[name]))
  if (x === undefined || y === undefined || width === undefined || height === undefined) return null
  return { place: { x, y, width, height }, isMinimised: stored.isMinimised === true }
}

/** Writes it, where storage is allowed. */
export const remember = ({ place, isMinimised }: Remembered): void => {
  attempt(() => sessionStorage.setItem(KEY, JSON.stringify({ ...place, isMinimised })))
}

const between = (value: number, least: number, most: number): number =>
  Math.round(Math.min(Math.max(value, Math.min(least, most)), most))
