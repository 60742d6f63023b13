import { svg } from './dom'
import { type Drawing, LANES, type Lane, type Mark, type Span } from './lanes'
import { timeOf } from './line'
import { ticksOf } from './window'

/** Where in the chart things are, in CSS pixels. */
export const LAYOUT = { labels: 76, state: 16, lane: 24, axis: 18, ahead: 30 } as const

/** How high it is. */
export const HEIGHT = LAYOUT.state + LAYOUT.lane * LANES.length + LAYOUT.axis

/** Where the lanes end, and the axis begins. */
export const BOTTOM = HEIGHT - LAYOUT.axis

/** From when to when something is drawn, and how wide a millisecond is. */
export interface Scale {
  readonly fromMs: number
  readonly toMs: number
  readonly pxPerMs: number
}

/** As many of a kind are drawn one by one. */
const STORM = 300

/** How near two labels of the axis may be. */
const TICK_PX = 72

/** The middle of a lane. */
export const middleOf = (lane: Lane | 'connection'): number =>
  lane === 'connection' ? LAYOUT.state / 2 : LAYOUT.state + LAYOUT.lane * (LANES.indexOf(lane) + 0.5)

/** What is drawn of the lanes themselves. */
export const lanesOf = (width: number): SVGElement[] =>
  [...LANES].map((lane) => {
    const y = middleOf(lane)
    return svg('line', { class: 'lane', x1: 0, x2: width, y1: y, y2: y })
  })

/** The names of the lanes. */
export const labelsOf = (): SVGElement[] =>
  [...(['connection', ...LANES] as const)].map((lane) =>
    svg('text', { class: 'label', x: 0, y: middleOf(lane) + 4 }, lane === 'connection' ? 'state' : lane),
  )

/** Everything in a drawing that lies between two times, in its own coordinates: `fromMs` is at 0. What lasts ends at `toMs`. */
export const chartOf = ({ marks, spans, cuts, links }: Drawing, scale: Scale): SVGElement[] => {
  const { fromMs, toMs } = scale
  const x = placerOf(scale)
  const isSeen = (beginMs: number, endMs: number | null): boolean => beginMs <= toMs && (endMs ?? toMs) >= fromMs
  return [
    ...ticksIn(scale).map((atMs) =>
      svg('line', { class: 'tick', x1: x(atMs), x2: x(atMs), y1: LAYOUT.state, y2: BOTTOM }),
    ),
    ...spans
      .filter((span) => isSeen(span.fromMs, span.toMs))
      .flatMap((span) => {
        const left = x(Math.max(span.fromMs, fromMs))
        return spanOf(span, left, Math.max(3, x(Math.min(span.toMs ?? toMs, toMs)) - left))
      }),
    ...cuts
      .filter(({ atMs }) => isSeen(atMs, atMs))
      .map(({ atMs }) => svg('line', { class: 'cut', x1: x(atMs), x2: x(atMs), y1: 0, y2: BOTTOM })),
    ...apart(
      links.filter((link) => isSeen(link.fromMs, link.toMs)).map((link) => [x(link.fromMs), x(link.toMs)] as const),
    ).map(([x1, x2]) => svg('line', { class: 'link', x1, y1: middleOf('published'), x2, y2: middleOf('told') })),
    ...apart(
      marks.filter(({ atMs }) => isSeen(atMs, atMs)).map(({ kind, lane, atMs }) => [kind, lane, x(atMs)] as const),
    ).map(([kind, lane, atX]) => markOf(kind, atX, middleOf(lane))),
  ]
}

/** Of a storm, one of those that look the same to the pixel: thousands are a few to draw. */
const apart = <Sight extends readonly [...unknown[], number]>(sights: readonly Sight[]): readonly Sight[] => {
  if (sights.length <= STORM) return sights
  const sightOf = (sight: Sight): string =>
    sight.map((part) => (typeof part === 'number' ? Math.round(part) : part)).join()
  return [...new Map(sights.map((sight) => [sightOf(sight), sight])).values()]
}

/** The times below the lanes, in the same coordinates. */
export const axisOf = (scale: Scale): SVGElement[] => {
  const x = placerOf(scale)
  return ticksIn(scale).map((atMs) => svg('text', { class: 'time', x: x(atMs), y: HEIGHT - 4 }, timeOf(atMs)))
}

const placerOf =
  ({ fromMs, pxPerMs }: Scale) =>
  (ms: number): number =>
    Math.round((ms - fromMs) * pxPerMs * 10) / 10

const ticksIn = ({ fromMs, toMs, pxPerMs }: Scale): readonly number[] => ticksOf(fromMs, toMs, TICK_PX / pxPerMs)

/** A mark around a point: told apart by its shape, not by its colour alone. */
export const markOf = (kind: Mark['kind'], x: number, y: number): SVGElement =>
  svg('path', { class: `mark ${kind}`, d: SHAPES[kind], transform: `translate(${x} ${y})` })

const DIAMOND = 'M0-5 5 0 0 5-5 0Z'
const CIRCLE = 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z'
const SHAPES: Readonly<Record<Mark['kind'], string>> = {
  published: 'M-3-5H3V5H-3Z',
  socket: CIRCLE,
  tab: CIRCLE,
  check: DIAMOND,
  duplicate: 'M-4-4 4 4M4-4-4 4',
  unreadable: 'M0-6 6 5H-6Z',
  gap: 'M0-6 6 5H-6Z',
  resync: 'M-3-5 3 0-3 5',
  reset: 'M-4-4H4V4H-4Z',
  skipped: 'M-4-4 4 4M4-4-4 4',
}

/** States are a band above the lanes; one in which nothing arrives shades them all. */
const spanOf = ({ lane, kind }: Span, x: number, width: number): SVGElement[] => {
  if (lane !== 'connection') {
    const height = kind === 'gap' ? LAYOUT.lane - 6 : 8
    return [svg('rect', { class: `span ${kind}`, x, y: middleOf(lane) - height / 2, width, height, rx: 2 })]
  }
  const band = svg('rect', { class: `state ${kind}`, x, y: 2, width, height: LAYOUT.state - 5, rx: 2 })
  if (kind === 'live' || kind === 'idle') return [band]
  return [svg('rect', { class: `shade ${kind}`, x, y: LAYOUT.state, width, height: BOTTOM - LAYOUT.state }), band]
}
