import type { CartEcho } from '../engine/cart-echo'
import type { Stop } from '../engine/environment'
import { ownOnly } from '../engine/shape'
import { watchEntries } from '../trace/entries'
import { createActions } from './actions'
import { button, html, mark, type Safely, svg, write } from './dom'
import { createJournal, isFarewell } from './journal'
import { makeMovable, viewport } from './movable'
import { recall, remember, usualPlace } from './place'
import { createPulse } from './pulse'
import { reportOf } from './report'
import { errorsSection, figuresSection, logSection, payloadsSection, tabsSection } from './sections'
import { createStateView } from './state-view'
import { createStyle } from './style'
import { createTimeline } from './timeline'

/** What a panel shows, and whom it tells. */
export interface PanelOptions {
  readonly cart: CartEcho
  /** The address of `docs/errors.md`. */
  readonly docs: string
  readonly version: string
  /** Called when the close button was pressed. */
  readonly close: () => void
  /** Called with what the panel itself has thrown. */
  readonly fail: (cause: unknown) => void
}

/** A panel that is shown. */
export interface Panel {
  /** Moves it in front of the page, and opens it where it is minimised. */
  readonly toFront: () => void
  readonly stop: Stop
}

// The page must not take what is done in here for something of its own, such as a press outside of its menu, or a shortcut; nor take the focus back into its
// dialog, scroll itself by the wheel, or forbid to copy.
const OURS = [
  ...['click', 'dblclick', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchmove', 'touchend'],
  ...[
    'keydown',
    'keypress',
    'keyup',
    'focusin',
    'focusout',
    'wheel',
    'contextmenu',
    'selectstart',
    'dragstart',
    'copy',
  ],
]

/** Fills a shadow root with a panel. From here on until `stop` it hears everything that happens to the cart. */
export const createPanel = (root: ShadowRoot, { cart, docs, version, close, fail }: PanelOptions): Panel => {
  const nowMs = (): number => Date.now()
  const journal = createJournal()
  const before = recall()
  let isMinimised = before?.isMinimised ?? false
  let cameFrom: EventTarget | null = null

  const safely: Safely =
    (run) =>
    (...args) => {
      try {
        return run(...args)
      } catch (cause) {
        fail(cause)
        return null
      }
    }

  const draw = (): number | null => {
    const now = nowMs()
    const nextMs = [state.render(now), isMinimised ? null : timeline.render(now)]
    // Of what is minimised, the badge alone is seen, and changes only when something happens; with it the width.
    if (isMinimised) {
      movable.refit()
      return null
    }
    for (const { render } of sections) render()
    return nextMs.reduce((a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)), null)
  }

  const pulse = createPulse(safely(draw))
  const report = (): string =>
    reportOf({ journal, connection: cart.connection.get(), nextTryAtMs: cart.nextTryAtMs(), nowMs: nowMs(), version })
  const state = createStateView(cart, docs)
  const timeline = createTimeline({ journal, wake: pulse.wake, nowMs, safely })
  const sections = [tabsSection, figuresSection, payloadsSection, errorsSection, logSection].map((create) =>
    create(journal, pulse.wake),
  )

  // At once, and also what is closed or hidden: with the next frame, the last customer's could be seen until then.
  const renderAll = (): void => {
    for (const { render } of sections) render(true)
  }

  const mover = html('button', { type: 'button', class: 'mover', 'aria-label': 'Move: arrow keys' }, dots())
  const sizer = html('button', { type: 'button', class: 'sizer', 'aria-label': 'Resize: arrow keys' })
  const minimiser = button(
    '–',
    safely(() => minimise(!isMinimised)),
    { class: 'sign' },
  )
  const closer = button('×', close, { class: 'sign', 'aria-label': 'Close the inspector' })
  const head = html('div', { class: 'head' }, mover, html('h2', {}, 'cart-echo'), state.badge, minimiser, closer)
  const body = html(
    'div',
    { class: 'body', id: 'body' },
    state.element,
    createActions({ cart, report, nowMs, safely }),
    timeline.element,
    ...sections.map(({ element }) => element),
  )
  const panel = html(
    'section',
    // In English, whatever the page is in.
    { class: 'panel', 'aria-label': 'cart-echo inspector', lang: 'en', dir: 'ltr' },
    head,
    body,
    sizer,
  )

  const minimise = (next: boolean): void => {
    isMinimised = next
    panel.classList.toggle('minimised', isMinimised)
    body.hidden = sizer.hidden = isMinimised
    write(minimiser, isMinimised ? '□' : '–')
    mark(minimiser, 'aria-label', isMinimised ? 'Open the inspector' : 'Minimise the inspector')
    mark(minimiser, 'aria-expanded', `${!isMinimised}`)
    movable.refit()
    remember({ place: movable.place(), isMinimised })
    pulse.wake()
  }

  const keepFocus = ({ relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && root.contains(relatedTarget))) cameFrom = relatedTarget
  }
  for (const name of OURS) panel.addEventListener(name, (event) => event.stopPropagation(), ownOnly({ passive: true }))
  panel.addEventListener('focusin', keepFocus)

  const movable = makeMovable({
    panel,
    head,
    mover,
    sizer,
    safely,
    first: before?.place ?? usualPlace(viewport()),
    isFolded: () => isMinimised,
    moved: (place) => {
      remember({ place, isMinimised })
      pulse.wake()
    },
  })
  const style = createStyle()
  if (style) root.adoptedStyleSheets = [style]
  root.append(panel)

  const toFront = (): void => {
    // Older browsers use z-index.
    if (!('showPopover' in panel) || !panel.isConnected) return
    panel.popover = 'manual'
    panel.hidePopover()
    panel.showPopover()
    movable.refit()
  }

  minimise(isMinimised)
  const stopWatching = watchEntries(
    cart,
    safely((entry) => {
      journal.add(entry)
      if (isFarewell(entry)) renderAll()
      pulse.wake()
    }),
    nowMs,
  )
  const resized = (): void => pulse.wake()
  addEventListener('resize', resized)
  // Whoever comes back to this page may be another.
  const left = safely((): void => {
    journal.forgetCustomer()
    renderAll()
  })
  addEventListener('pagehide', left)
  toFront()
  pulse.show(true)

  return {
    toFront: () => {
      minimise(false)
      toFront()
    },
    stop: () => {
      stopWatching()
      pulse.stop()
      movable.stop()
      removeEventListener('resize', resized)
      removeEventListener('pagehide', left)
      const isInside = root.activeElement !== null
      panel.remove()
      if (isInside && cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true })
    },
  }
}

const dots = (): SVGElement =>
  svg(
    'svg',
    { width: 10, height: 16, viewBox: '0 0 10 16', 'aria-hidden': 'true' },
    ...[3, 8, 13].flatMap((cy) => [2, 8].map((cx) => svg('circle', { cx, cy, r: 1.5 }))),
  )
