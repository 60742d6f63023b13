import type { ChangeListener } from './cart-echo'
import type { Emitter, Guard } from './emitter'
import type { Stop } from './environment'
import type { CartEventMap, CartEventName, Change, ChangeMeta } from './events'
import type { Memory } from './memory'
import type { News } from './news'
import type { Source } from './source'

/** What a listener hears from. */
export interface Hearing {
  /** Emits each change with the memory of the customer it is for. */
  readonly emitter: Emitter<Record<string, [Change, Memory]>>
  readonly guard: Guard
  readonly news: Source<News>
  /** The memory of whoever is looking now: what is for another one is not heard. */
  readonly now: () => Memory
}

/**
 * Adds a listener for the changes of one name. With `replay` it hears what is unread first; a change that arrives or is being
 * told meanwhile is heard once, in its place. Returns the function that removes it.
 */
export const hear = <Name extends CartEventName>(
  { emitter, guard, news, now }: Hearing,
  name: Name,
  listener: ChangeListener<Name>,
  replay: boolean,
): Stop => {
  const caughtUp = new Set<Change>()
  let catchingUp = replay
  const call = ({ change, meta }: Change): void => listener(change as CartEventMap[Name], meta as ChangeMeta<Name>)
  const off = emitter.on(name, (change, whose) => {
    if (whose === now() && !catchingUp && !caughtUp.has(change)) call(change)
  })
  const mine = now()
  const isNext = (change: Change): boolean => change.event === name && !caughtUp.has(change)
  // Looked up anew each time: a listener may dismiss, or log out.
  const next = (): Change | undefined => (catchingUp && now() === mine ? news.get().unread.find(isNext) : undefined)
  for (let change = next(); change; change = next()) {
    const unread = change
    caughtUp.add(unread)
    guard(name, () => call(unread))
  }
  catchingUp = false
  return off
}
