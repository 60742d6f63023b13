import { type App, createApp, type Plugin } from 'vue'
import type { CartEcho } from '../../src/engine/cart-echo'
import type { Stop } from '../../src/engine/environment'

// Vue asks a bundler for these, and says so in the console where there is none.
Object.assign(globalThis, {
  __VUE_OPTIONS_API__: true,
  __VUE_PROD_DEVTOOLS__: false,
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: true,
})

/** Mounts an app whose root only runs `setup`, in an element of its own. */
export const mountSetup = (plugin: Plugin, setup: () => unknown): App => {
  const app = createApp({ setup: () => void setup(), render: () => null })
  app.use(plugin).mount(document.createElement('div'))
  return app
}

/** The same client, and how much of it is in use: starts, listeners and refreshes that nobody has ended. */
export const counted = (client: CartEcho): { client: CartEcho; inUse: () => number } => {
  const open = new Set<symbol>()
  const counting = (stop: Stop): Stop => {
    const mine = Symbol('use')
    open.add(mine)
    return () => {
      open.delete(mine)
      stop()
    }
  }
  return {
    inUse: () => open.size,
    client: {
      ...client,
      start: () => counting(client.start()),
      on: (...given) => counting(client.on(...given)),
      onRefresh: (...given) => counting(client.onRefresh(...given)),
      connection: { ...client.connection, subscribe: (hear) => counting(client.connection.subscribe(hear)) },
      news: { ...client.news, subscribe: (hear) => counting(client.news.subscribe(hear)) },
    },
  }
}
