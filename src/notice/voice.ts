import type { NoticeElement } from './element'
import { languageAround, mark } from './language'
import { isWithinReach } from './reach'
import { ended, type Words } from './say'
import type { Stage } from './stage'
import { part } from './view'

/** The one notice that speaks, wherever it is. */
interface Voice {
  /** Shows words where the notice belongs now, and has them read out: but not what was read out last, for that it has moved is no news to whoever has heard it. */
  readonly say: (words: Words) => void
  /** Shows nothing, and is silent. What comes next is said, even if it is the same. */
  readonly hush: () => void
  /** A notice has come or gone: what is read out goes on in its place. */
  readonly moved: () => void
  /** The notice goes in front of what has come into the way. */
  readonly rise: () => void
  /** True for what happens in the notice. */
  readonly isTarget: (event: Event) => boolean
}

/** A silent one. */
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
      // How much room there is for it shows only once it is there.
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

/** What screen readers are told: one thing after another, with time to hear it. */
interface Utterance {
  /** Says words as soon as they can be heard, in place of what still waits; what was said last, not again. */
  readonly say: (words: Words) => void
  /** The notice has gone elsewhere: what was said already is not said again there. */
  readonly moved: () => void
  /** Says nothing any more. What comes next is said, even if it is the same. */
  readonly stop: () => void
}

/** Browsers tell of what comes into a region only once they have told of the region. */
const LISTENED_TO_MS = 300
/** Long enough to be heard. What comes meanwhile is one more utterance, with the newest total. */
const HEARD_MS = 5_000

/**
 * A silent one. Its live region is in the page only while it speaks, beside what is to be seen, in the shadow tree that `where` gives then: what stands empty is in the
 * way of whoever reads the page line by line, and what moves with its words is read out again. The words are inline, with spaces between: Chromium tells of each
 * block on its own, in any order, Firefox of the whole for each.
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
    // Who looks at the page again is told then.
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
