import { freePort } from '../../support/serve.mjs'

export default {
  build: [['node_modules/vite/bin/vite.js', 'build']],
  types: [['node_modules/svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings']],
  program: async ({ reverb, url: shop }) => {
    const port = await freePort()
    return {
      words: ['front.js'],
      url: `http://127.0.0.1:${port}/`,
      env: {
        SHOP_URL: shop,
        PORT: String(port),
        ORIGIN: `http://127.0.0.1:${port}`,
        PUBLIC_REVERB_APP_KEY: reverb.key,
        PUBLIC_REVERB_HOST: reverb.host,
        PUBLIC_REVERB_PORT: String(reverb.port),
        PUBLIC_REVERB_SCHEME: reverb.scheme,
      },
    }
  },
}
