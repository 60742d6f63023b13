import { freePort } from '../../support/serve.mjs'

const NEXT = 'node_modules/next/dist/bin/next'

export default {
  env: ({ reverb, url }) => ({
    SHOP_URL: url,
    NEXT_PUBLIC_REVERB_APP_KEY: reverb.key,
    NEXT_PUBLIC_REVERB_HOST: reverb.host,
    NEXT_PUBLIC_REVERB_PORT: String(reverb.port),
    NEXT_PUBLIC_REVERB_SCHEME: reverb.scheme,
  }),
  build: [[NEXT, 'build']],
  program: async () => {
    const port = await freePort()
    return {
      words: [NEXT, 'start', '-H', '127.0.0.1', '-p', String(port)],
      url: `http://127.0.0.1:${port}/`,
    }
  },
  develop: {
    words: (port) => [NEXT, 'dev', '-H', '127.0.0.1', '-p', String(port)],
    paths: ['/'],
    // As docs/server.md says: another beginning of the names that are printed.
    files: (server) => ({
      '.env': Object.entries(server.settings('VITE_'))
        .map(([name, value]) => `${name.replace('VITE_', 'NEXT_PUBLIC_')}=${value}\n`)
        .join(''),
    }),
  },
}
