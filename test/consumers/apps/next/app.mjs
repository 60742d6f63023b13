import { freePort } from '../../support/serve.mjs'

export default {
  env: ({ reverb, url }) => ({
    SHOP_URL: url,
    NEXT_PUBLIC_REVERB_APP_KEY: reverb.key,
    NEXT_PUBLIC_REVERB_HOST: reverb.host,
    NEXT_PUBLIC_REVERB_PORT: String(reverb.port),
    NEXT_PUBLIC_REVERB_SCHEME: reverb.scheme,
  }),
  build: [['node_modules/next/dist/bin/next', 'build']],
  program: async () => {
    const port = await freePort()
    return {
      words: ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)],
      url: `http://127.0.0.1:${port}/`,
    }
  },
}
