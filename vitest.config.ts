import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { findChromium } from './test/support/chromium.mjs'

const { executablePath, args } = await findChromium()

// The suffix says where a test runs: Node, happy-dom, real Chromium. What must hold in every DOM runs in the last two.
const dom = 'test/**/*.dom.test.ts'
const browser = 'test/**/*.browser.test.ts'

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

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [dom, browser],
          testTimeout: 20_000,
          // A machine may be busy: what comes late is no failure, what never comes is.
          expect: { poll: { timeout: 8_000 } },
          // Most of them wait: for sockets, pages, the end of an outage.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'happy-dom', environment: 'happy-dom', include: [dom] } },
      {
        // Bundled before the first test: found on the way, they would make Vite load a running test anew.
        optimizeDeps: { include: FRAMEWORKS },
        test: {
          name: 'chromium',
          include: [dom, browser],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
