import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'
import vue from 'unplugin-vue/esbuild'
import { declareModules } from './build/declarations.mjs'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const declarations = declareModules()
// Chunks are named by their content: without this, those of earlier builds would be published too.
rmSync('dist', { recursive: true, force: true })

const ENTRIES = {
  index: 'index',
  echo: 'connections/echo',
  reverb: 'connections/reverb',
  alpine: 'adapters/alpine',
  livewire: 'adapters/livewire',
  react: 'adapters/react',
  vue: 'adapters/vue',
  notice: 'notice/notice',
  stats: 'stats/stats',
  inspector: 'inspector/inspect',
  'echo-events': 'echo-events',
  global: 'script-tag/on-window',
  testing: 'testing/testing',
  'testing-msw': 'testing/msw',
}

// Not public: a file of a fixed name, which `index` imports once another tab is there.
const LATER = { tabs: 'tabs/tabs' }

const entriesIn = (folder: string, extension: string, entries: Record<string, string> = ENTRIES) =>
  Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, `${folder}/${path}${extension}`]))

// What is bundled into the server and the demo page keeps its notice.
const notices = [
  ...[
    'ws/LICENSE',
    'hono/LICENSE',
    'laravel-echo/LICENSE.md',
    'pusher-js/LICENCE',
    'picocolors/LICENSE',
    'parse5/LICENSE',
  ],
  ...['parse5/node_modules/entities/LICENSE', '@clack/prompts/LICENSE', '@clack/core/LICENSE', 'sisteransi/license'],
  ...['fast-wrap-ansi/LICENSE', 'fast-string-width/license', 'fast-string-truncated-width/license'],
]
  .map((path) => `${path}\n\n${readFileSync(`node_modules/${path}`, 'utf8')}`)
  .join('\n\n----------\n\n')

// The examples import by public name; here those names are the sources.
const sources = {
  'cart-echo': './src/index.ts',
  'cart-echo/echo': './src/connections/echo.ts',
  'cart-echo/reverb': './src/connections/reverb.ts',
  'cart-echo/alpine': './src/adapters/alpine.ts',
  'cart-echo/livewire': './src/adapters/livewire.ts',
  'cart-echo/react': './src/adapters/react.ts',
  'cart-echo/vue': './src/adapters/vue.ts',
  'cart-echo/notice': './src/notice/notice.ts',
}

// Written last, for tree shaking drops every directive: a bundler of server components must know where the browser begins. And nothing here runs
// when it is imported, so an import for nothing but that is a request for nothing. Its line stays, empty, for the source map counts lines.
const finish = {
  name: 'finish',
  buildEnd: ({ writtenFiles }: { writtenFiles: { readonly name: string }[] }) => {
    for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('.js'))) {
      const code = readFileSync(name, 'utf8')
        .replace(/^import '\.\/chunk-[\w-]+\.js';$/gm, '')
        // Both who bundles and who shakes say where the map is.
        .replace(/(\n\/\/# sourceMappingURL=\S+)\1\s*$/, '$1\n')
      writeFileSync(name, name.endsWith('/react.js') ? `'use client';\n${code}` : code)
    }
    // That directive is a line more.
    for (const { name } of writtenFiles.filter(({ name }) => name.endsWith('/react.js.map'))) {
      const map = JSON.parse(readFileSync(name, 'utf8'))
      writeFileSync(name, JSON.stringify({ ...map, mappings: `;${map.mappings}` }))
    }
  },
}

const page: Options = {
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  splitting: true,
  minify: true,
  noExternal: [/./],
  dts: false,
  tsconfig: 'tsconfig.json',
}

export default defineConfig([
  {
    name: 'browser',
    entry: { ...entriesIn('src', '.ts'), ...entriesIn('src', '.ts', LATER) },
    plugins: [finish],
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    splitting: true,
    treeshake: true,
    // With the sources in them: an error in a shop's monitoring names a line that can be read.
    sourcemap: true,
    define: { CART_ECHO_VERSION: JSON.stringify(version) },
    // Those of the server too: one pass is as good as two, for the folders have nothing in common.
    dts: {
      entry: {
        ...entriesIn(declarations.browser, '.d.ts'),
        'server/index': `${declarations.server}/server/index.d.ts`,
      },
    },
    tsconfig: 'tsconfig.json',
  },
  {
    name: 'server',
    entry: { index: 'src/server/index.ts', cli: 'src/server/cli.ts' },
    // Here lies the demo, which what both share finds beside itself.
    outDir: 'dist/server',
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: true,
    noExternal: ['ws', /^hono/, 'parse5', 'picocolors', '@clack/prompts'],
    // ws is CommonJS and requires Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    tsconfig: 'tsconfig.server.json',
  },
  {
    name: 'demo',
    entry: { cart: 'examples/storefront/cart.ts', admin: 'examples/storefront/admin.ts' },
    outDir: 'dist/server/demo',
    ...page,
    esbuildOptions: (options) => {
      options.alias = sources
    },
    onSuccess: async () => {
      cpSync('examples/storefront/pages', 'dist/server/demo', { recursive: true })
      writeFileSync('dist/server/THIRD-PARTY.txt', notices)
    },
  },
  {
    // Every framework, side by side. Not published: the package would carry the frameworks too.
    name: 'examples',
    entry: {
      alpine: 'examples/alpine/alpine.ts',
      livewire: 'examples/livewire/livewire.ts',
      react: 'examples/react/react.tsx',
      vue: 'examples/vue/vue.ts',
      'side-by-side': 'examples/side-by-side/side-by-side.ts',
    },
    outDir: 'dist/server/demo/examples',
    ...page,
    esbuildPlugins: [vue({ isProduction: true, sourceMap: false })],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    esbuildOptions: (options) => {
      options.alias = sources
      options.jsx = 'automatic'
    },
    onSuccess: async () => {
      cpSync('examples/side-by-side/index.html', 'dist/server/demo/examples/index.html')
      for (const name of ['script-tag', 'alpine', 'livewire', 'react', 'vue']) {
        cpSync(`examples/${name}/${name}.html`, `dist/server/demo/examples/${name}.html`)
      }
      // As it is. The tag itself comes with build/script-tag.mjs.
      cpSync('examples/script-tag/script-tag.js', 'dist/server/demo/examples/script-tag.js')
    },
  },
])
