import type { NoticeElement } from './element'
import { languageAround, mark } from './language'
import type { Placement } from './placement'
import { isWithinReach } from './reach'
import { type Words, withFullStop } from './say'
import { part } from './view'

/** Shows a text in one notice, and has screen readers announce it. */
interface Display {
  /** Shows a text where the notice belongs now, and announces it, unless it was the last one announced: when a notice only moves, that is no news. */
  readonly show: (words: Words) => void
  /** Shows and announces nothing. The next text is announced, even if it is the same. */
  readonly clear: () => void
  /** A notice was added or removed: moves what is being announced along. */
  readonly moved: () => void
  /** Moves the notice in front of what now covers it. */
  readonly toFront: () => void
  /** True for an event inside the notice. */
  readonly isTarget: (event: Event) => boolean
}

/** Shows nothing yet. */
export const createDisplay = (placement: Placement): Display => {
  let showing: NoticeElement | null = null
  const announcer = createAnnouncer(() => showing?.view.root ?? null)

  const goTo = (element: NoticeElement | null): void => {
    if (showing === element) return
    showing?.view.clear()
    if (showing) placement.remove(showing)
    showing = element
  }

  return {
    show: (words) => {
      // Whether it fits is known only once it is rendered.
      const fits = (inline: NoticeElement): boolean => {
        inline.view.show(words)
        const isSeen = isWithinReach(inline)
        if (!isSeen && inline !== showing) inline.view.clear()
        return isSeen
      }
      goTo(placement.choose(fits))
      showing?.view.show(words)
      showing?.view.toFront()
      announcer.announce(words)
    },
    clear: () => {
      goTo(null)
      announcer.stop()
    },
    moved: () => {
      placement.restore()
      announcer.moved()
    },
    toFront: () => showing?.view.toFront(),
    isTarget: (event) => showing !== null && event.composedPath().includes(showing),
  }
}

/** Has screen readers announce one text after another, with time to hear each. */
interface Announcer {
  /** Announces a text as soon as it can be heard, instead of one that still waits; not again when it was the last one. */
  readonly announce: (words: Words) => void
  /** The notice was moved: what was announced already is not announced again there. */
  readonly moved: () => void
  /** Announces nothing any more. The next text is announced, even if it is the same. */
  readonly stop: () => void
}

/** Browsers announce what is added to a live region only once they know the region. */
const REGION_READY_MS = 300
/** Long enough to be heard. A text that comes meanwhile is announced next, with the newest total. */
const ANNOUNCEMENT_MS = 5_000

/**
 * Its live region is in the page only while it announces, beside the visible text, in the shadow root that `where` returns then: an empty region would be
 * in the way of a screen reader that reads line by line, and one that is moved with its text is announced again. The text is inline, with spaces between:
 * Chromium announces each block on its own, in any order, Firefox the whole for each.
 */
const createAnnouncer = (where: () => ShadowRoot | null): Announcer => {
  const region = part('div', 'voice', { role: 'status' })
  let timer: ReturnType<typeof setTimeout> | undefined
  let next: Words | null = null
  let announced = ''

  const leave = (): void => {
    region.replaceChildren()
    region.remove()
  }

  const prepare = (): void => {
    clearTimeout(timer)
    where()?.append(region)
    timer = setTimeout(announceNext, REGION_READY_MS)
  }

  const finish = (): void => {
    clearTimeout(timer)
    timer = undefined
    leave()
    if (next) prepare()
  }

  const announceNext = (): void => {
    const root = where()
    // A hidden page announces its news when it becomes visible.
    if (!root || document.visibilityState === 'hidden') next = null
    const words = next
    if (!words || !root) return finish()
    if (region.getRootNode() !== root) return prepare()
    region.append(...inlineOf(words, languageAround(root.host)))
    announced = JSON.stringify(words)
    next = null
    timer = setTimeout(finish, ANNOUNCEMENT_MS)
  }

  return {
    announce: (words) => {
      next = JSON.stringify(words) === announced ? null : words
      if (next && timer === undefined) prepare()
    },
    moved: () => {
      if (region.hasChildNodes()) leave()
      else if (region.parentNode) prepare()
    },
    stop: () => {
      next = null
      announced = ''
      finish()
    },
  }
}

const inlineOf = ({ lines }: Words, pageLang: string): (Node | string)[] =>
  lines.flatMap((line, index) => {
    const span = document.createElement('span')
    span.textContent = index === lines.length - 1 ? line.text : withFullStop(line.text)
    mark(span, line, pageLang)
    return [span, ' ']
  })
