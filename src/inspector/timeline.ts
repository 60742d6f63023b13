import { axisOf, BOTTOM, chartOf, HEIGHT, LAYOUT, labelsOf, lanesOf, markOf, middleOf, type Scale } from './chart'
import { button, html, mark, type Safely, svg, write } from './dom'
import type { Journal } from './journal'
import { type Drawing, drawLanes, type Mark } from './lanes'
import { lastedOf, timeOf } from './line'
import { atFirst, atNow, type Bounds, firstWindow, LENGTHS, scrolled, type TimeWindow, zoomed } from './window'

/** The timeline, and how it is kept up to date. */
export interface Timeline {
  readonly element: HTMLElement
  /** Shows it as of now. Returns in how many milliseconds it has moved by a pixel; null: it does not follow the present. */
  readonly render: (nowMs: number) => number | null
}

/** What a timeline shows, and how it asks to be rendered. */
export interface TimelineOptions {
  readonly journal: Journal
  /** Has it rendered soon. */
  readonly wake: () => void
  readonly nowMs: () => number
  readonly safely: Safely
}

/** How near the pointer must be to say what something is, in pixels. */
const NEAR_PX = 14
/** No screen shows more in a second; and for who wants no motion it goes on once a second. */
const LEAST_MS = 50
const STILL_MS = 1_000

const LEGEND: readonly (readonly [Mark['kind'], string])[] = [
  ['socket', 'socket'],
  ['tab', 'other tab'],
  ['check', 'check'],
  ['duplicate', 'duplicate'],
  ['gap', 'too early'],
  ['unreadable', 'unreadable'],
  ['resync', 'resync'],
]

/** Creates one. */
export const createTimeline = ({ journal, wake, nowMs, safely }: TimelineOptions): Timeline => {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')
  let window: TimeWindow = firstWindow
  let drawing: Drawing = drawLanes([], { before: null, offsetMs: null })
  let drawnVersion = -1
  let drawn: Scale & { readonly width: number } = { fromMs: 0, toMs: 0, pxPerMs: 1, width: 0 }
  let seen: Scale = drawn

  const content = svg('g')
  const lanes = svg('g')
  const ahead = svg('rect', { class: 'ahead', y: 0, height: BOTTOM, width: 0 })
  const hint = svg('text', { class: 'hint', x: 8, y: middleOf('published') + 4 })
  const plot = svg('svg', { x: LAYOUT.labels, y: 0, height: BOTTOM }, lanes, content, ahead, hint)
  const times = svg('g')
  const chart = svg(
    'svg',
    { class: 'chart', role: 'img', height: HEIGHT, 'aria-label': 'Timeline' },
    ...labelsOf(),
    plot,
    times,
  )
  const field = html('div', { class: 'field', tabindex: 0, role: 'group', 'aria-label': HELP }, chart)
  const words = html('p', { class: 'words' })
  const range = html('span', { class: 'range' })

  const move = safely((next: (now: TimeWindow, bounds: Bounds) => TimeWindow): void => {
    const now = nowMs()
    window = next(window, { firstMs: journal.entries()[0]?.atMs ?? now, nowMs: now })
    wake()
  })
  const earlier = (): void => void move((now, bounds) => scrolled(now, -now.lengthMs / 4, bounds))
  const later = (): void => void move((now, bounds) => scrolled(now, now.lengthMs / 4, bounds))
  const nearer = (): void => void move((now) => zoomed(now, -1))
  const farther = (): void => void move((now) => zoomed(now, 1))
  const present = button('Now', () => void move(atNow), { 'aria-pressed': 'true', title: 'Follow the present' })
  const zoomIn = button('+', nearer, { 'aria-label': 'Zoom in' })
  const zoomOut = button('−', farther, { 'aria-label': 'Zoom out' })

  const KEYS: Readonly<Record<string, () => void>> = {
    ArrowLeft: earlier,
    ArrowRight: later,
    Home: () => void move(atFirst),
    End: () => void move(atNow),
    '+': nearer,
    '-': farther,
  }
  field.addEventListener('keydown', (event) => {
    const run = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key]
    if (!run) return
    event.preventDefault()
    run()
  })

  let draggedFromX: number | null = null
  field.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    draggedFromX = event.clientX
    field.setPointerCapture(event.pointerId)
  })
  field.addEventListener('pointermove', (event) => {
    if (draggedFromX === null) return void sayAt(event)
    const byPx = draggedFromX - event.clientX
    draggedFromX = event.clientX
    move((now, bounds) => scrolled(now, byPx / seen.pxPerMs, bounds))
  })
  for (const end of ['pointerup', 'pointercancel'] as const)
    field.addEventListener(end, () => {
      draggedFromX = null
    })
  field.addEventListener('pointerleave', () => write(words, IDLE_WORDS))

  const sayAt = safely((event: PointerEvent): void => write(words, nameAt(event)))

  /** What is nearest to the pointer, in words. */
  const nameAt = ({ clientX, clientY }: PointerEvent): string => {
    const { left, top } = chart.getBoundingClientRect()
    const atMs = seen.fromMs + (clientX - left - LAYOUT.labels) / seen.pxPerMs
    const y = clientY - top
    const distance = (one: Mark): number => Math.hypot((one.atMs - atMs) * seen.pxPerMs, middleOf(one.lane) - y)
    const near = drawing.marks.filter((one) => distance(one) < NEAR_PX).sort((a, b) => distance(a) - distance(b))[0]
    if (near) return `${timeOf(near.atMs)} ${near.words}`
    const cut = drawing.cuts.find((one) => Math.abs(one.atMs - atMs) * seen.pxPerMs < NEAR_PX / 2)
    if (cut) return `${timeOf(cut.atMs)} ${cut.words}`
    const over = drawing.spans.filter(
      (one) => one.fromMs <= atMs + 2 / seen.pxPerMs && (one.toMs ?? seen.toMs) >= atMs - 2 / seen.pxPerMs,
    )
    const span =
      over.find(({ lane }) => lane !== 'connection' && Math.abs(middleOf(lane) - y) < LAYOUT.lane / 2) ??
      over.find(({ lane }) => lane === 'connection')
    if (!span) return IDLE_WORDS
    const lasted = span.toMs === null ? 'goes on' : `lasted ${lastedOf(span.toMs - span.fromMs)}`
    return `${timeOf(span.fromMs)} ${span.words} (${lasted})`
  }

  const draw = (scale: Scale, width: number): void => {
    if (journal.version() !== drawnVersion) {
      drawing = drawLanes(journal.entries(), { before: journal.before(), offsetMs: journal.offsetMs() })
      drawnVersion = journal.version()
    } else if (drawn.pxPerMs === scale.pxPerMs && drawn.width === width && isWithin(seen, drawn)) return
    if (drawn.width !== width) lanes.replaceChildren(...lanesOf(width))
    drawn = { ...scale, width }
    content.replaceChildren(...chartOf(drawing, scale))
    times.replaceChildren(...axisOf(scale))
    write(hint, hintOf(drawing, journal.samples().length > 0))
  }

  const render: Timeline['render'] = (now) => {
    // A panel that is not laid out yet has no width.
    const width = Math.max(40, field.clientWidth - LAYOUT.labels)
    const pxPerMs = (width - LAYOUT.ahead) / window.lengthMs
    const toMs = (window.toMs ?? now) + LAYOUT.ahead / pxPerMs
    seen = { fromMs: toMs - width / pxPerMs, toMs, pxPerMs }
    draw({ fromMs: seen.fromMs - window.lengthMs / 2, toMs: toMs + window.lengthMs / 2, pxPerMs }, width)
    const x = Math.round((drawn.fromMs - seen.fromMs) * pxPerMs * 10) / 10
    mark(content, 'transform', `translate(${x} 0)`)
    mark(times, 'transform', `translate(${x + LAYOUT.labels} 0)`)
    const nowX = Math.min(width, Math.round((now - seen.fromMs) * pxPerMs))
    // The times of ticks that are out of sight.
    for (const label of times.children) {
      const tickX = Number(label.getAttribute('x')) + x
      mark(label, 'visibility', tickX < 0 || tickX > nowX ? 'hidden' : 'visible')
    }
    mark(ahead, 'x', nowX)
    mark(ahead, 'width', width - nowX)
    mark(plot, 'width', width)
    mark(chart, 'width', width + LAYOUT.labels)
    write(range, `${lastedOf(window.lengthMs)}${window.toMs === null ? '' : ` until ${timeOf(window.toMs)}`}`)
    mark(present, 'aria-pressed', `${window.toMs === null}`)
    zoomIn.disabled = window.lengthMs === LENGTHS[0]
    zoomOut.disabled = window.lengthMs === LENGTHS.at(-1)
    if (window.toMs !== null) return null
    return Math.max(isStill.matches ? STILL_MS : LEAST_MS, 1 / pxPerMs)
  }

  write(words, IDLE_WORDS)
  const element = html(
    'section',
    { class: 'timeline', 'aria-label': 'Timeline' },
    html(
      'div',
      { class: 'bar' },
      html('h3', {}, 'Timeline'),
      range,
      button('◀', earlier, { 'aria-label': 'Earlier' }),
      button('▶', later, { 'aria-label': 'Later' }),
      present,
      zoomOut,
      zoomIn,
    ),
    field,
    words,
    html('ul', { class: 'legend' }, ...LEGEND.map(([kind, name]) => html('li', {}, signOf(kind), name))),
  )
  return { element, render }
}

const HELP =
  'Timeline: arrow keys scroll, Home and End go to the first and to now, plus and minus zoom. The log has the same in words.'
/** Why nothing is drawn as published, though something was told. */
const hintOf = ({ links, marks }: Drawing, isDated: boolean): string => {
  if (links.length > 0 || !marks.some(({ lane }) => lane === 'told')) return ''
  return isDated ? 'known from the second change on' : 'not known: the server writes no cart_echo.sent_at_ms'
}

const IDLE_WORDS = 'Point at something to read what it is; drag to scroll back.'

const isWithin = (inner: Scale, outer: Scale): boolean => inner.fromMs >= outer.fromMs && inner.toMs <= outer.toMs

const signOf = (kind: Mark['kind']): SVGElement =>
  svg('svg', { width: 14, height: 14, viewBox: '-7 -7 14 14', 'aria-hidden': 'true' }, markOf(kind, 0, 0))
