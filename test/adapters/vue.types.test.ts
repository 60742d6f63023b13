import { describe, expectTypeOf, it } from 'vitest'
import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { CartConditionsChanged, CartEcho, ChangeMeta, Connection, News, PageIdentity, Stop } from '../../src'
import {
  cartEcho,
  onCartChange,
  onCartRefresh,
  type useCartConnection,
  useCartEcho,
  useCartNews,
} from '../../src/adapters/vue'

// Read by tsc: nothing here runs.

declare const client: CartEcho

describe('the types', () => {
  it('are those of the client, read-only', () => {
    expectTypeOf(useCartEcho).returns.toEqualTypeOf<CartEcho>()
    expectTypeOf<ReturnType<typeof useCartConnection>>().toExtend<Readonly<ShallowRef<Connection>>>()
    const inside = () => {
      const news = useCartNews()
      const count = useCartNews(({ unread }) => unread.length)
      expectTypeOf(news).toEqualTypeOf<ComputedRef<News>>()
      expectTypeOf(count).toEqualTypeOf<ComputedRef<number>>()
      // @ts-expect-error: read-only
      news.value = client.news.get()
      // @ts-expect-error: news has no total
      useCartNews(({ total }) => total)
    }
    expectTypeOf(inside).toBeFunction()
  })

  it('of a handler are those of its event', () => {
    const inside = () => {
      const stop = onCartChange((change, meta) => {
        expectTypeOf(change).toEqualTypeOf<CartConditionsChanged>()
        expectTypeOf(meta).toEqualTypeOf<ChangeMeta<'cart.conditions.changed'>>()
        // @ts-expect-error: the payload has no total
        change.total
      })
      expectTypeOf(stop).toEqualTypeOf<Stop>()
      onCartChange('cart.conditions.changed', ({ message }) => expectTypeOf(message).toEqualTypeOf<string | null>())
      // @ts-expect-error: nobody declared it
      onCartChange('cart.unheard', () => undefined)
      // @ts-expect-error: no handler
      onCartChange('cart.conditions.changed')
    }
    expectTypeOf(inside).toBeFunction()
  })

  it('let a page be a value, a ref or a getter', () => {
    const inside = (page: PageIdentity, live: Ref<PageIdentity | undefined>) => {
      cartEcho(client)
      cartEcho(client, {})
      cartEcho(client, { page })
      cartEcho(client, { page: live })
      cartEcho(client, { page: () => ({ user: 7 }) })
      cartEcho(client, { page: undefined })
      // @ts-expect-error: no client
      cartEcho()
      // @ts-expect-error: misspelt
      cartEcho(client, { pages: page })
      // @ts-expect-error: a user is a string or a number
      cartEcho(client, { page: { user: {} } })
      onCartRefresh(async ({ signal, cursor }) => [signal.aborted, cursor], { settleMs: 100 })
      // @ts-expect-error: milliseconds are a number
      onCartRefresh(() => undefined, { settleMs: '100' })
    }
    expectTypeOf(inside).toBeFunction()
  })
})
