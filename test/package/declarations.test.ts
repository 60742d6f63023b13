import { readdirSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type Compiling, complaints, declaredValues } from './support/compile'
import { packPackage } from './support/pack'
import { runNode } from './support/run'

const packed = await packPackage()
afterAll(packed.remove)

type Resolution = Compiling['resolution']
type Place = Omit<Compiling, 'resolution'>

const CONSUMERS = fileURLToPath(new URL('./consumer/', import.meta.url))
const ECHO = ['laravel-echo', 'pusher-js']
const USE_ECHO = ['@laravel/echo-react', '@laravel/echo-vue']
const PAGE: Place = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] }
const NODE: Place = { lib: ['es2022'], types: ['node'] }

const ANYWHERE = ['bundler', 'nodenext'] as const

/** The apps, what else is installed in them, and where they run. */
const APPS: Record<string, { others: readonly string[]; place: Place; resolutions: readonly Resolution[] }> = {
  'page.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'checking.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'merging.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'core-only.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'core-merging.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'reverb-only.ts': { others: ECHO, place: PAGE, resolutions: ANYWHERE },
  'reverb-merging.ts': { others: ['mitt', ...ECHO], place: PAGE, resolutions: ANYWHERE },
  'alpine-livewire-only.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'react-only.ts': { others: ['mitt', 'react', '@types/react'], place: PAGE, resolutions: ANYWHERE },
  'vue-only.ts': { others: ['mitt', 'vue'], place: PAGE, resolutions: ANYWHERE },
  'notice-only.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'echoes.ts': {
    others: ['mitt', ...ECHO, ...USE_ECHO],
    place: PAGE,
    resolutions: ANYWHERE,
  },
  'echo-events.ts': { others: ['mitt', ...ECHO, ...USE_ECHO], place: PAGE, resolutions: ANYWHERE },
  'echo-events-bare.ts': { others: ['mitt', ...ECHO, ...USE_ECHO], place: PAGE, resolutions: ANYWHERE },
  'echo-events-not.ts': { others: ['mitt', ...ECHO, ...USE_ECHO], place: PAGE, resolutions: ANYWHERE },
  // Only bundlers: for nodenext its declarations say CommonJS, so that nobody there can construct its default import.
  'echo-1.ts': { others: ['mitt', 'laravel-echo=laravel-echo-1', 'pusher-js'], place: PAGE, resolutions: ['bundler'] },
  'global.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'global-not.ts': { others: ['mitt'], place: PAGE, resolutions: ANYWHERE },
  'server.ts': { others: ['@types/node'], place: NODE, resolutions: ANYWHERE },
}

const CASES = Object.entries(APPS).flatMap(([file, { resolutions, ...rest }]) =>
  resolutions.map((resolution) => ({ file, resolution, ...rest })),
)

const install = async (others: readonly string[]) => {
  const app = await packed.install(others)
  await cp(CONSUMERS, app.folder, { recursive: true })
  return app
}

describe('the built declarations', () => {
  it('are tried by every app of test/package/consumer', () => {
    expect(readdirSync(CONSUMERS).sort()).toEqual(Object.keys(APPS).sort())
  })

  it.each(CASES)(
    'satisfy the strictest compiler in $file ($resolution)',
    async ({ file, resolution, others, place }) => {
      const app = await install(others)
      expect(complaints(app, file, { resolution, ...place })).toEqual([])
    },
  )

  it('are not satisfied with everything', async () => {
    const app = await install(['mitt'])
    await writeFile(join(app.folder, 'wrong.ts'), "import { createCartEcho } from 'cart-echo'\ncreateCartEcho()\n")
    const wrongs = complaints(app, 'wrong.ts', { resolution: 'bundler', ...PAGE })
    expect(wrongs).toEqual([expect.stringMatching(/^wrong\.ts:2 TS2554 /)])
  })

  it.each([
    ['index', 'cart-echo'],
    ['core', 'cart-echo/core'],
    ['reverb', 'cart-echo/reverb'],
    ['echo-events', 'cart-echo/echo-events'],
    ['global', 'cart-echo/global'],
    ['alpine', 'cart-echo/alpine'],
    ['livewire', 'cart-echo/livewire'],
    ['react', 'cart-echo/react'],
    ['vue', 'cart-echo/vue'],
    ['notice', 'cart-echo/notice'],
    ['server/index', 'cart-echo/server'],
  ])('of %s promise the very values that are there', async (file, entry) => {
    const app = await install(['mitt', ...ECHO, '@types/node', 'react', '@types/react', 'vue'])
    const place = entry === 'cart-echo/server' ? NODE : PAGE
    const declared = declaredValues(app, `node_modules/cart-echo/dist/${file}.d.ts`, {
      resolution: 'bundler',
      ...place,
    })
    const { out } = await runNode(
      ['-e', `import('${entry}').then((it) => console.log(Object.keys(it).sort().join()))`],
      app.folder,
    )
    expect(declared).toEqual(out.trim().split(',').filter(Boolean))
  })
})
