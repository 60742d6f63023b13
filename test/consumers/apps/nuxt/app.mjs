import { freePort } from '../../support/serve.mjs'

export default {
  env: ({ url }) => ({ SHOP_URL: url }),
  build: [['node_modules/nuxt/bin/nuxt.mjs', 'build']],
  program: async ({ reverb }) => {
    const port = await freePort()
    return {
      words: ['.output/server/index.mjs'],
      url: `http://127.0.0.1:${port}/`,
      env: {
        HOST: '127.0.0.1',
        PORT: String(port),
        NUXT_PUBLIC_REVERB_KEY: reverb.key,
        NUXT_PUBLIC_REVERB_HOST: reverb.host,
        NUXT_PUBLIC_REVERB_PORT: String(reverb.port),
        NUXT_PUBLIC_REVERB_SCHEME: reverb.scheme,
      },
    }
  },
  develop: {
    words: (port) => ['node_modules/nuxt/bin/nuxt.mjs', 'dev', '--host', '127.0.0.1', '--port', String(port)],
    paths: ['/'],
    // As docs/server.md says: Nuxt's own names for the settings that are printed.
    files: (server) => ({
      '.env': Object.entries(server.settings('VITE_'))
        .map(([name, value]) => `${name.replace(/^VITE_REVERB_(APP_)?/, 'NUXT_PUBLIC_REVERB_')}=${value}\n`)
        .join(''),
    }),
  },
}
