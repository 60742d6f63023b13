import { useInsertionEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { type News, noNews } from '../../engine/news'
import { useCartEcho } from './provider'
import { isShallowEqual } from './shallow-equal'

interface UseCartNews {
  (): News
  <Value>(selector: (news: News) => Value, isEqual?: (a: Value, b: Value) => boolean): Value
}

/**
 * What the shopper may not know yet, or what a selector makes of it; renders anew when that is another by `isEqual`, and gives the old
 * value while it is not, also from one rendering to the next. Both may be written inline. By default arrays and plain objects are
 * compared item by item with `Object.is`, one level deep, so `unread.map(({ change }) => change.message)` may stand in a list of
 * dependencies; a selector that makes new objects inside of others needs an `isEqual` for that. On a server, and while React
 * hydrates what the server rendered, there is no news.
 * @throws {CartEchoError} `no-provider`
 */
export const useCartNews: UseCartNews = <Value>(
  selector: (news: News) => Value = all,
  isEqual: (a: Value, b: Value) => boolean = isShallowEqual,
): Value => {
  const { news } = useCartEcho()
  const committed = useRef<Selected<Value> | null>(null)
  const select = useMemo(() => remembering(selector, isEqual, committed.current), [selector, isEqual])
  const value = useSyncExternalStore(
    news.subscribe,
    () => select(news.get()),
    () => select(noNews),
  )
  // Not while rendering: a rendering that React throws away leaves no trace.
  useInsertionEffect(() => {
    committed.current = [null, value]
  })
  return value
}

/** What was selected, and of which news, where that is known. */
type Selected<Value> = readonly [News | null, Value]

// The overloads ask for a News where there is no selector.
const all = <Value>(news: News): Value => news as Value

// React asks for a snapshot many times, and takes every new object for a change.
const remembering = <Value>(
  selector: (news: News) => Value,
  isEqual: (a: Value, b: Value) => boolean,
  committed: Selected<Value> | null,
): ((news: News) => Value) => {
  let last = committed
  return (news) => {
    if (last?.[0] === news) return last[1]
    const value = selector(news)
    last = [news, last && isEqual(last[1], value) ? last[1] : value]
    return last[1]
  }
}
