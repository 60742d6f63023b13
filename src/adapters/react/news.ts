import { useMemo, useSyncExternalStore } from 'react'
import { type News, noNews } from '../../core/news'
import { useCartEcho } from './provider'

interface UseCartNews {
  (): News
  <Value>(selector: (news: News) => Value, isEqual?: (a: Value, b: Value) => boolean): Value
}

/**
 * What the shopper may not know yet, or what a selector makes of it; renders anew when that is another by `isEqual`, by default
 * `Object.is`. Both may be written inline, and the selector may make new objects. On a server, and while React
 * hydrates what the server rendered, there is no news.
 * @throws {CartEchoError} `no-provider`
 */
export const useCartNews: UseCartNews = <Value>(
  selector: (news: News) => Value = all,
  isEqual: (a: Value, b: Value) => boolean = Object.is,
): Value => {
  const { news } = useCartEcho()
  const select = useMemo(() => remembering(selector, isEqual), [selector, isEqual])
  return useSyncExternalStore(
    news.subscribe,
    () => select(news.get()),
    () => select(noNews),
  )
}

// The overloads ask for a News where there is no selector.
const all = <Value>(news: News): Value => news as Value

// React asks for a snapshot many times, and takes every new object for a change.
const remembering = <Value>(
  selector: (news: News) => Value,
  isEqual: (a: Value, b: Value) => boolean,
): ((news: News) => Value) => {
  let last: readonly [News, Value] | null = null
  return (news) => {
    if (last?.[0] === news) return last[1]
    const value = selector(news)
    last = [news, last && isEqual(last[1], value) ? last[1] : value]
    return last[1]
  }
}
