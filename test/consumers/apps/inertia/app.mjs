import { snippet } from '../../support/documents.mjs'
import { freePort } from '../../support/serve.mjs'

export default {
  files: () => ({ 'src/cart.js': snippet('cart'), 'src/cart-echo.js': snippet('inertia') }),
  build: [['node_modules/vite/bin/vite.js', 'build']],
  program: async ({ url: shop }) => {
    const port = await freePort()
    return { words: ['front.js'], url: `http://127.0.0.1:${port}/`, env: { SHOP_URL: shop, PORT: String(port) } }
  },
}
