import { type ComputedRef, computed } from 'vue'
import { type News, noNews } from '../../engine/news'
import { useRoom } from './room'
import { shownOf } from './shown'

interface UseCartNews {
  (): ComputedRef<News>
  <Value>(selector: (news: News) => Value): ComputedRef<Value>
}

/**
 * What the shopper may not know yet, or what a selector makes of it: a read-only ref. Without a selector its value is the very object
 * that `client.news.get()` gives, not made reactive; with one it is another when the selector's result is, also by other refs that it reads.
 * On a server, and until a component that is hydrated is mounted, there is no news. Follows while the app is mounted.
 * @throws {CartEchoError} `no-provider`, as `useCartEcho` does.
 *
 * @example
 * const message = useCartNews(({ unread }) => unread.at(-1)?.change.message ?? '')
 */
export const useCartNews: UseCartNews = <Value>(selector?: (news: News) => Value): ComputedRef<News | Value> => {
  const news = shownOf(useRoom().news, noNews)
  return selector ? computed(() => selector(news.value)) : news
}
