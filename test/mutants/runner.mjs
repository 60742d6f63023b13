// Runs test files on one mutant after the other, in a process of its own: one that hangs is ended from outside.
import { relative } from 'node:path'
import { createVitest } from 'vitest/node'

const vitest = await createVitest('test', {
  config: 'test/mutants/vitest.config.ts',
  watch: false,
  bail: process.env.CART_ECHO_MUTANTS_MAP === 'yes' ? 0 : 1,
  reporters: [{}],
})
const specifications = await vitest.globTestSpecifications()

const nameOf = (/** @type {{ moduleId: string }} */ { moduleId }) => relative(vitest.config.root, moduleId)

process.on('message', async (/** @type {{ tests: readonly string[] }} */ { tests }) => {
  const chosen = tests.flatMap((test) => specifications.filter((specification) => nameOf(specification) === test))
  // It gives what it knows of every run.
  vitest.state.filesMap.clear()
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosen)
  const modules = testModules.map((module) => ({
    test: nameOf(module),
    tookMs: module.diagnostic().duration,
    failed: module.ok() || module.state() === 'skipped' ? [] : failuresOf(module),
  }))
  process.send?.({ modules, errors: unhandledErrors.map((error) => Object(error).message ?? 'an error') })
})
// Nobody waits for it any more, nor for what it has started.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'))
process.send?.({ tests: specifications.map(nameOf) })

/** The names of the tests that failed; of a file that does not load, its own. */
const failuresOf = (/** @type {import('vitest/node').TestModule} */ module) => {
  const failed = [...module.children.allTests('failed')].map(({ fullName }) => fullName)
  return failed.length > 0 ? failed : [module.moduleId]
}
