import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { withSwitches } from './mutations.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const mutants: (Parameters<typeof withSwitches>[1][number] & { file: string })[] = JSON.parse(
  readFileSync(`${process.env.CART_ECHO_MUTANTS}/mutants.json`, 'utf8'),
)

const switches = {
  name: 'mutants',
  enforce: 'pre' as const,
  transform: (code: string, id: string) => {
    const chosen = mutants.filter(({ file }) => id === root + file)
    return chosen.length > 0 ? { code: withSwitches(code, chosen), map: null } : null
  },
}

/** As the runner has ordered them. */
class AsGiven {
  sort = <Files>(files: Files): Files => files
  shard = <Files>(files: Files): Files => files
}

// The rooms themselves, and what is built on them without a browser or a build.
const tests = ['test/{engine,connections,tabs,page,trace,testing,stats}/**/*', 'test/create-cart-echo*']
// The last takes longer than all others together.
const elsewhere = ['**/*.{browser,pages}.test.ts', '**/node_modules/**', 'test/testing/states.test.ts']
const setupFiles = ['test/support/seed.setup.ts', 'test/mutants/switch.setup.ts']
/** Nothing waits for real time here: what takes longer hangs. */
const HANGS_AFTER_MS = 10_000

const shared = { setupFiles, testTimeout: HANGS_AFTER_MS, hookTimeout: HANGS_AFTER_MS }

export default defineConfig({
  root,
  test: {
    maxWorkers: Number(process.env.CART_ECHO_MUTANTS_WORKERS ?? 1),
    // Which file runs what is known only where each has its own modules.
    isolate: process.env.CART_ECHO_MUTANTS_MAP === 'yes',
    silent: true,
    sequence: { sequencer: AsGiven },
    projects: [
      {
        extends: true,
        plugins: [switches],
        test: {
          ...shared,
          name: 'unit',
          include: tests.map((path) => `${path}.test.ts`),
          exclude: ['**/*.dom.test.ts', ...elsewhere],
        },
      },
      {
        extends: true,
        plugins: [switches],
        test: {
          ...shared,
          name: 'happy-dom',
          environment: 'happy-dom',
          include: tests.map((path) => `${path}.dom.test.ts`),
          exclude: elsewhere,
        },
      },
    ],
  },
})
