import type { NoticeElement } from './element'
import { languageAround, mark } from './language'
import { isWithinReach } from './reach'
import { ended, type Words } from './say'
import type { Stage } from './stage'
import { part } from './view'

/** Shows a text in one notice, and has screen readers announce it. */
interface Voice {
  /** Shows a text where the notice belongs now, and announces it, unless it was the last one announced: when a notice only moves, that is no news. */
  readonly say: (words: Words) => void
  /** Shows and announces nothing. The next text is announced, even if it is the same. */
  readonly hush: () => void
  /** A notice was added or removed: moves what is being announced along. */
  readonly moved: () => void
  /** Moves the notice in front of what now covers it. */
  readonly rise: () => void
  /** True for an event inside the notice. */
  readonly isTarget: (event: Event) => boolean
}

/** Shows nothing yet. */
export const createVoice = (stage: Stage): Voice => {
  let showing: NoticeElement | null = null
  const utterance = createUtterance(() => showing?.view.root ?? null)

  const goTo = (element: NoticeElement | null): void => {
    if (showing === element) return
    showing?.view.clear()
    if (showing) stage.leave(showing)
    showing = element
  }

  return {
    say: (words) => {
      // Whether it fits is known only once it is rendered.
      const fits = (inline: NoticeElement): boolean => {
        inline.view.show(words)
        const isSeen = isWithinReach(inline)
        if (!isSeen && inline !== showing) inline.view.clear()
        return isSeen
      }
      goTo(stage.front(fits))
      showing?.view.show(words)
      showing?.view.rise()
      utterance.say(words)
    },
    hush: () => {
      goTo(null)
      utterance.stop()
    },
    moved: () => {
      stage.keep()
      utterance.moved()
    },
    rise: () => showing?.view.rise(),
    isTarget: (event) => showing !== null && event.composedPath().includes(showing),
  }
}

/** Has screen readers announce one text after another, with time to hear each. */
interface Utterance {
  /** Announces a text as soon as it can be heard, instead of one that still waits; not again when it was the last one. */
  readonly say: (words: Words) => void
  /** The notice was moved: what was announced already is not announced again there. */
  readonly moved: () => void
  /** Announces nothing any more. The next text is announced, even if it is the same. */
  readonly stop: () => void
}

/** Browsers announce what is added to a live region only once they know the region. */
const LISTENED_TO_MS = 300
/** Long enough to be heard. A text that comes meanwhile is announced next, with the newest total. */
const HEARD_MS = 5_000

/**
 * Its live region is in the page only while it announces, beside the visible text, in the shadow root that `where` returns then: an empty region would be
 * in the way of a screen reader that reads line by line, and one that is moved with its text is announced again. The text is inline, with spaces between:
 * Chromium announces each block on its own, in any order, Firefox the whole for each.
 */
const createUtterance = (where: () => ShadowRoot | null): Utterance => {
  const region = part('div', 'voice', { role: 'status' })
  let timer: ReturnType<typeof setTimeout> | undefined
  let next: Words | null = null
  let said = ''

  const leave = (): void => {
    region.replaceChildren()
    region.remove()
  }

  const prepare = (): void => {
    clearTimeout(timer)
    where()?.append(region)
    timer = setTimeout(speak, LISTENED_TO_MS)
  }

  const rest = (): void => {
    clearTimeout(timer)
    timer = undefined
    leave()
    if (next) prepare()
  }

  const speak = (): void => {
    const root = where()
    // A hidden page announces its news when it becomes visible.
    if (!root || document.visibilityState === 'hidden') next = null
    const words = next
    if (!words || !root) return rest()
    if (region.getRootNode() !== root) return prepare()
    region.append(...inlineOf(words, languageAround(root.host)))
    said = JSON.stringify(words)
    next = null
    timer = setTimeout(rest, HEARD_MS)
  }

  return {
    say: (words) => {
      next = JSON.stringify(words) === said ? null : words
      if (next && timer === undefined) prepare()
    },
    moved: () => {
      if (region.hasChildNodes()) leave()
      else if (region.parentNode) prepare()
    },
    stop: () => {
      next = null
      said = ''
      rest()
    },
  }
}

const inlineOf = ({ lines }: Words, pageLang: string): (Node | string)[] =>
  lines.flatMap((line, index) => {
    const span = document.createElement('span')
    span.textContent = index === lines.length - 1 ? line.text : ended(line.text)
    mark(span, line, pageLang)
    return [span, ' ']
  })
