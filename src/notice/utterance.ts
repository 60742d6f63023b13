import { languageAround, mark } from './language'
import { part } from './parts'
import { ended, type Words } from './say'

/** What screen readers are told: one thing after another, with time to hear it. */
export interface Utterance {
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
export const createUtterance = (where: () => ShadowRoot | null): Utterance => {
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
