import type { NoticeElement } from './element'
import type { Words } from './say'
import type { Stage } from './stage'

/** The one notice that speaks, wherever it is. */
export interface Voice {
  /**
   * Says words where the notice belongs now. What was said last is only shown: that it has moved is no news to whoever has heard it.
   * False: nobody listens there yet, and it has to be said a little later.
   */
  readonly say: (words: Words) => boolean
  /** Shows nothing any more where the notice does not belong now. */
  readonly leave: () => void
  /** Shows nothing. What comes next is said, even if it is the same. */
  readonly hush: () => void
}

/** A silent one. */
export const createVoice = (stage: Stage): Voice => {
  let showing: NoticeElement | null = null
  let said = ''

  const goTo = (element: NoticeElement | null): void => {
    if (showing !== element) showing?.view.clear()
    showing = element
  }

  return {
    say: (words) => {
      const front = stage.front()
      const saying = JSON.stringify(words)
      goTo(front)
      if (!front?.view.show(words, saying === said)) return false
      said = saying
      return true
    },
    leave: () => {
      if (showing !== stage.front()) goTo(null)
    },
    hush: () => {
      goTo(null)
      said = ''
    },
  }
}
