import { innermost, upwards } from './tree'

/** From where to where, along one axis of the window. */
interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Whether an element that is shown can be looked at, be it after scrolling: it is neither transparent nor of no size, nor cut off, parked outside, or covered. True
 * where a page has no layout.
 */
export const isWithinReach = (element: Element): boolean => {
  if (document.documentElement.getBoundingClientRect().width === 0) return true
  if (!(element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true)) return false
  const rect = element.getBoundingClientRect()
  let across: Span = { from: rect.left, to: rect.right }
  let down: Span = { from: rect.top, to: rect.bottom }
  let seen = { across, down }
  let isFixed = false
  for (const one of upwards(element)) {
    const { overflowX, overflowY, position, direction, filter } = getComputedStyle(one)
    if (filter.includes('opacity(0)')) return false
    // What these two cut off, the window does.
    if (isFixed || one === document.body || one === document.documentElement) continue
    if (one !== element) {
      const { left, right, top, bottom } = one.getBoundingClientRect()
      const [wide, tall] = [
        { from: left, to: right },
        { from: top, to: bottom },
      ]
      const start = direction === 'rtl' ? right - one.scrollLeft - one.scrollWidth : left - one.scrollLeft
      const begin = top - one.scrollTop
      across = within(across, wide, overflowX, { from: start, to: start + one.scrollWidth })
      down = within(down, tall, overflowY, { from: begin, to: begin + one.scrollHeight })
      if (overflowX !== 'visible') seen = { across: common(seen.across, wide), down: common(seen.down, tall) }
    }
    isFixed = position === 'fixed'
  }
  return isSome(across) && isSome(down) && isInPage(across, down, isFixed) && !isCovered(element, seen)
}

/** What is left of a span in a box that cuts off what is outside, or scrolls. */
const within = (span: Span, box: Span, overflow: string, content: Span): Span => {
  if (overflow === 'visible') return span
  if (overflow === 'hidden' || overflow === 'clip') return common(span, box)
  return isSome(common(span, content)) ? box : NONE
}

const NONE: Span = { from: 0, to: 0 }
const common = (a: Span, b: Span): Span => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })
const isSome = ({ from, to }: Span): boolean => to - from > 2

// A page that does not scroll down has only stopped to, as a rule, while a drawer is open.
const isInPage = (across: Span, down: Span, isFixed: boolean): boolean => {
  const { scrollWidth, scrollHeight } = document.documentElement
  const [left, top] = [-scrollX, -scrollY]
  const isHeld = [document.documentElement, document.body].some((one) =>
    /hid|clip/.test(getComputedStyle(one).overflowX),
  )
  const window: Span = { from: 0, to: innerWidth }
  // From right to left there is more of the page on the left.
  const wide = { from: Math.min(left, innerWidth - scrollWidth), to: Math.max(left + scrollWidth, innerWidth) }
  const isAcross = isSome(common(across, isFixed || isHeld ? window : wide))
  const tall = isFixed ? { from: 0, to: innerHeight } : { from: top, to: top + scrollHeight }
  return isAcross && isSome(common(down, tall))
}

// Of what is on the screen, at each place somebody else is hit: what is in front, or what is around it, where it is cut away.
const isCovered = (element: Element, { across, down }: { readonly across: Span; readonly down: Span }): boolean => {
  if (!isSome(across) || !isSome(down)) return false
  const at = ({ from, to }: Span, part: number): number => from + (to - from) * part
  const hits = [0.25, 0.5, 0.75].map((part) => hitAt(at(across, part), at(down, part)))
  return hits.every((hit) => hit !== null && !upwards(hit).includes(element))
}

/** What is in front at a place of the window, in whatever shadow tree. */
export const hitAt = (x: number, y: number): Element | null => innermost((root) => root.elementFromPoint?.(x, y))
