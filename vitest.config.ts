import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { findSmallChromium } from './test/support/chromium.mjs'
import { SlowestFirst } from './test/support/slowest-first.mjs'

const { executablePath, args } = await findSmallChromium()

// Where a test runs is said by its suffix or its folder. What must hold in every DOM runs in happy-dom and in Chromium.
const dom = 'test/**/*.dom.test.ts'
const browser = 'test/**/*.browser.test.ts'
const alone = 'test/**/*.alone.browser.test.ts'
const pages = 'test/**/*.pages.test.ts'
const sockets = ['test/{server,peers,reliability}/**/*.test.ts', 'test/**/*.sockets.test.ts']
const packed = 'test/package/**/*.test.ts'
// Packages that a test installs for itself bring tests of their own.
const foreign = '**/node_modules/**'

const FRAMEWORKS = [
  'react',
  'react-dom',
  'react-dom/client',
  'vue',
  'vue/server-renderer',
  'pinia',
  'alpinejs',
  '@alpinejs/csp',
]

/** A machine may be busy. What takes this long does not come, and the report says whether anything went on meanwhile. */
const PATIENCE_MS = 90_000

const patient = {
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  expect: { poll: { timeout: PATIENCE_MS / 2 } },
}

// Bundled before the first test: found on the way, they would make Vite load a running test anew.
const optimizeDeps = { include: FRAMEWORKS }

// Made anew for each project: vitest writes their names into it.
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath, args } }),
  instances: [{ browser: 'chromium' as const }],
})

export default defineConfig({
  test: {
    // Most of them wait, for sockets and pages; so there are more than this machine has cores.
    maxWorkers: Number(process.env.CART_ECHO_WORKERS ?? 6),
    sequence: { sequencer: SlowestFirst },
    // What the page or the server under test says is shown where something fails.
    silent: 'passed-only',
    projects: [
      {
        test: {
          ...patient,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [dom, browser, pages, packed, foreign, ...sockets],
          isolate: false,
          setupFiles: ['test/support/seed.setup.ts'],
        },
      },
      { test: { ...patient, name: 'sockets', include: sockets, exclude: [pages, dom, foreign], isolate: false } },
      { test: { ...patient, name: 'happy-dom', environment: 'happy-dom', include: [dom], isolate: false } },
      {
        test: {
          ...patient,
          name: 'pages',
          include: [pages],
          isolate: false,
          globalSetup: ['test/support/built.setup.ts', 'test/support/browsers.setup.ts'],
        },
      },
      {
        test: {
          ...patient,
          name: 'package',
          include: [packed],
          globalSetup: ['test/support/built.setup.ts', 'test/support/packed.setup.ts'],
        },
      },
      {
        optimizeDeps,
        test: {
          ...patient,
          name: 'chromium',
          include: [dom, browser],
          exclude: [alone, foreign],
          isolate: false,
          browser: inChromium(),
        },
      },
      // Each with a window of its own, such as for an Alpine that is the only one there.
      { optimizeDeps, test: { ...patient, name: 'chromium alone', include: [alone], browser: inChromium() } },
    ],
  },
})
