import { readdirSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPORTED } from './support/exported'
import { type App, install, packed } from './support/pack'
import { type Place, type Project, project, type Resolution } from './support/projects'
import { complaintsOf5, declaredValues } from './support/typescript-5'
import { openProjects } from './support/typescript-7'

const CONSUMERS = fileURLToPath(new URL('./consumer/', import.meta.url))
const ECHO = ['laravel-echo', 'pusher-js']
const USE_ECHO = ['mitt', ...ECHO, '@laravel/echo-react', '@laravel/echo-vue']
const PAGE: Place = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] }
const NODE: Place = { lib: ['es2022'], types: ['node'] }

const ANYWHERE: readonly Resolution[] = ['bundler', 'nodenext']

interface Together {
  readonly files: readonly string[]
  /** What else is installed in the app. */
  readonly others: readonly string[]
  readonly place?: Place
  readonly resolutions?: readonly Resolution[]
}

/**
 * What is compiled at once. Apps share a program only where they import the same of ours, for an entry brings its types to all files.
 * And who adds an event is alone: all others would know it; and of two events that are added through different names of ours
 * TypeScript 5 keeps one.
 */
const TOGETHER: readonly Together[] = [
  { files: ['page.ts', 'checking.ts', 'global-not.ts'], others: ['mitt'] },
  { files: ['merging.ts'], others: ['mitt'] },
  { files: ['reverb-only.ts'], others: ECHO },
  { files: ['reverb-merging.ts'], others: ['mitt', ...ECHO] },
  { files: ['alpine-livewire-only.ts'], others: ['mitt'] },
  { files: ['react-only.ts'], others: ['mitt', 'react', '@types/react'] },
  { files: ['vue-only.ts'], others: ['mitt', 'vue'] },
  { files: ['notice-only.ts'], others: ['mitt'] },
  { files: ['stats-only.ts'], others: ['mitt'] },
  { files: ['inspector-only.ts'], others: ['mitt'] },
  { files: ['echoes.ts', 'echo-events-not.ts'], others: USE_ECHO },
  { files: ['echo-events.ts'], others: USE_ECHO },
  { files: ['echo-events-bare.ts'], others: USE_ECHO },
  {
    files: ['echo-1.ts'],
    others: ['mitt', 'laravel-echo=laravel-echo-1', 'pusher-js'],
    // For nodenext its declarations say CommonJS, so that nobody there can construct its default import.
    resolutions: ['bundler'],
  },
  { files: ['global.ts'], others: ['mitt'] },
  { files: ['testing.ts'], others: ['mitt'] },
  { files: ['testing-msw.ts'], others: ['mitt', 'msw'] },
  { files: ['server.ts'], others: ['@types/node'], place: NODE },
]

const installed = new Map<string, Promise<App>>()

/** An app with all our consumers in it, beside these packages. */
const appWith = (others: readonly string[]): Promise<App> => {
  const app = installed.get(others.join()) ?? installConsumers(others)
  installed.set(others.join(), app)
  return app
}

const installConsumers = async (others: readonly string[]): Promise<App> => {
  const app = await install(others)
  await cp(CONSUMERS, app.folder, { recursive: true })
  return app
}

const wrong = await appWith(['mitt'])
await writeFile(join(wrong.folder, 'wrong.ts'), "import { createCartEcho } from 'cart-echo'\n// …\ncreateCartEcho()\n")
const wrongProject = await project(wrong, ['wrong.ts'], 'bundler', PAGE)

const projects: { name: string; resolution: Resolution; project: Project }[] = []
for (const { files, others, place = PAGE, resolutions = ANYWHERE } of TOGETHER)
  for (const resolution of resolutions) {
    const app = await appWith(others)
    projects.push({ name: files.join(', '), resolution, project: await project(app, files, resolution, place) })
  }

const native = openProjects([wrongProject, ...projects.map(({ project }) => project)])
afterAll(native.close)

const COMPILERS = [
  { compiler: 'TypeScript 5', complaintsOf: complaintsOf5 },
  { compiler: 'TypeScript 7', complaintsOf: native.complaintsOf },
]

describe('the built declarations', () => {
  it('are tried by every app of test/package/consumer', () => {
    expect(readdirSync(CONSUMERS).sort()).toEqual(TOGETHER.flatMap(({ files }) => files).sort())
  })

  describe.each(COMPILERS)('with the rules of $compiler at their strictest', ({ complaintsOf }) => {
    it.each(projects)('satisfy $name ($resolution)', ({ project }) => {
      expect(complaintsOf(project)).toEqual([])
    })

    it('do not satisfy everything', () => {
      expect(complaintsOf(wrongProject)).toEqual([expect.stringMatching(/^wrong\.ts:3 TS2554 /)])
    })
  })

  it.each(Object.entries(EXPORTED))('of %s promise the very values that are there', (entry, names) => {
    const name = entry.split('/').slice(1).join('-') || 'index'
    const path = join(packed.folder, 'dist', `${name === 'server' ? 'server/index' : name}.d.ts`)
    expect(declaredValues(path)).toEqual(names)
  })
})
