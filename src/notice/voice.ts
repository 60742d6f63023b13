import type { NoticeElement } from './element'
import { isWithinReach } from './reach'
import type { Words } from './say'
import type { Stage } from './stage'
import { createUtterance } from './utterance'

/** The one notice that speaks, wherever it is. */
export interface Voice {
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
