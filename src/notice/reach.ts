import { unclobbered } from '../engine/environment'

/** A start and an end along one axis of the window. */
type Span = readonly [number, number]

/**
 * Whether an element that is shown can be seen, perhaps after scrolling: it is not transparent, empty, cut off, outside of the page, or covered. True
 * when there is no layout.
 */
export const isWithinReach = (element: Element): boolean => {
  const [page, body] = [unclobbered(document, 'documentElement'), unclobbered(document, 'body')]
  if (page.getBoundingClientRect().width === 0) return true
  if (!(element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true)) return false
  const rect = element.getBoundingClientRect()
  let across: Span = [rect.left, rect.right]
  let down: Span = [rect.top, rect.bottom]
  let [isFixed, isHeld, isScrolledAway] = [false, false, false]

  /** The part of a span inside a box; all of the box when scrolling can bring the span into it. */
  const cut = (span: Span, [first, last]: Span, overflow: string, start: number, size: number): Span => {
    if (overflow === 'visible') return span
    const seen = common(span, [first, last])
    if (isSome(seen) || CUTS_OFF.test(overflow) || !isSome(common(span, [start, start + size]))) return seen
    isScrolledAway = true
    return [first, last]
  }

  for (const one of upwards(element)) {
    const { filter, position, direction, overflowX, overflowY } = getComputedStyle(one)
    if (filter.includes('opacity(0)')) return false
    // Overflow of the root and the body applies to the window.
    if (one === page || one === body) isHeld ||= CUTS_OFF.test(overflowX)
    else if (one !== element && !isFixed) {
      const { left, right, top, bottom } = one.getBoundingClientRect()
      const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = one
      const start = direction === 'rtl' ? right - scrollWidth : left
      across = cut(across, [left, right], overflowX, start - scrollLeft, scrollWidth)
      down = cut(down, [top, bottom], overflowY, top - scrollTop, scrollHeight)
    }
    isFixed ||= position === 'fixed'
  }
  const { scrollWidth, scrollHeight } = page
  const start = getComputedStyle(page).direction === 'rtl' ? innerWidth - scrollWidth : 0
  across = cut(across, [0, innerWidth], isFixed || isHeld ? 'hidden' : 'auto', start - scrollX, scrollWidth)
  // A page that does not scroll vertically has usually only been stopped while a drawer is open.
  down = cut(down, [0, innerHeight], isFixed ? 'hidden' : 'auto', -scrollY, scrollHeight)
  return isSome(across) && isSome(down) && (isScrolledAway || isHit(element, across, down))
}

const CUTS_OFF = /hid|clip/

const common = (a: Span, b: Span): Span => [Math.max(a[0], b[0]), Math.min(a[1], b[1])]

// An element for screen readers only is one pixel in size.
const isSome = ([from, to]: Span): boolean => to - from > 2

// When it is covered or cut off, another element is hit at all three points.
const isHit = (element: Element, across: Span, down: Span): boolean =>
  [0.25, 0.5, 0.75].some((part) => {
    const [x, y] = [across, down].map(([from, to]) => from + (to - from) * part) as [number, number]
    const hit = hitAt(x, y)
    return !hit || upwards(hit).includes(element)
  })

/** The front element at a point of the window, in any shadow tree. */
export const hitAt = (x: number, y: number): Element | null => innermost((root) => root.elementFromPoint?.(x, y))

/** An element and its ancestors as rendered, nearest first: through slots, and out of shadow trees. */
export const upwards = (element: Element | null): readonly Element[] => {
  const path: Element[] = []
  for (let at = element; at; at = at.assignedSlot ?? at.parentElement ?? hostOf(at)) path.push(at)
  return path
}

// On a document, `host` could be an image of that name.
const hostOf = ({ parentNode }: Element): Element | null => (parentNode instanceof ShadowRoot ? parentNode.host : null)

/** The innermost element: `find` is called with the document, then with the shadow root of what it returned. */
export const innermost = (find: (root: Document | ShadowRoot) => Element | null | undefined): Element | null => {
  let found = find(document) ?? null
  while (found?.shadowRoot) {
    const inner = find(found.shadowRoot)
    if (!inner || inner === found) break
    found = inner
  }
  return found
}
