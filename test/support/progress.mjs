import { DefaultReporter } from 'vitest/node'
import { watchLoad } from './machine-load.mjs'
import { inSeconds, progressLine } from './progress-line.mjs'

/** How often the line is written anew where it can be, and where it cannot. */
const ON_SCREEN_MS = 250
const IN_A_LOG_MS = 15_000

const IS_TIME_OUT = /timed? ?out|in vain|exceeded|in time/i

/** All that an error says: a poll that ends says so in its cause, and what is thrown need not be an error. */
const wordsOf = ({ message, cause }) => `${message ?? ''}${cause?.message ? `\n${cause.message}` : ''}`

/**
 * Says while tests run how many files are done and which are at work, at once what failed, and at the end the slowest ten and what did not run. Of a time-out it
 * says whether the machine had anything to do meanwhile.
 */
export default class Progress extends DefaultReporter {
  #files = 0
  #done = 0
  #passed = 0
  #running = new Set()
  /** The test that each file is at, and since when. Results come late at times, and a file's tests run one after the other. */
  #begun = new Map()
  #load = watchLoad()
  #timer

  constructor() {
    super({ summary: false })
  }

  /** Of what passed there is a count. */
  printTestModule() {}

  onTestRunStart(specifications) {
    super.onTestRunStart(specifications)
    const seed = process.env.CART_ECHO_SEED
    if (seed) this.log(` Random schedules: the same ones again by CART_ECHO_SEED=${seed}`)
    this.#files = specifications.length
    this.#timer = setInterval(() => this.#tell(), this.isTTY ? ON_SCREEN_MS : IN_A_LOG_MS)
  }

  onTestModuleStart(module) {
    this.#running.add(module)
  }

  onTestCaseReady(test) {
    this.#begun.set(test.module, { test, begunMs: performance.now() })
  }

  onTestCaseResult(test) {
    super.onTestCaseResult(test)
    const { begunMs = performance.now() } = this.#begun.get(test.module) ?? {}
    if (this.#begun.get(test.module)?.test === test) this.#begun.delete(test.module)
    const { state, errors = [] } = test.result()
    if (state === 'passed') this.#passed += 1
    if (state !== 'failed') return
    this.#say(` ✗ ${nameOf(test.module)} › ${test.fullName}`, errors)
    if (errors.some((error) => IS_TIME_OUT.test(wordsOf(error)))) this.log(`     ${this.#load.judge(begunMs)}`)
  }

  onTestModuleEnd(module) {
    this.#running.delete(module)
    this.#begun.delete(module)
    this.#done += 1
    // A file can fail without a failed test: when it does not load.
    if (module.errors().length > 0) this.#say(` ✗ ${nameOf(module)}`, module.errors())
  }

  onTestRunEnd(modules, errors, reason) {
    clearInterval(this.#timer)
    this.#load.stop()
    this.#wipe()
    if (modules.length > 10) this.#tellSlowest(modules)
    this.#tellWhatDidNotRun(modules)
    super.onTestRunEnd(modules, errors, reason)
  }

  #tellSlowest(modules) {
    const tookMs = (module) => module.diagnostic().duration
    this.log('\n The slowest ten:')
    for (const module of [...modules].sort((a, b) => tookMs(b) - tookMs(a)).slice(0, 10))
      this.log(`   ${inSeconds(tookMs(module)).padStart(7)}  ${nameOf(module)}`)
  }

  #tellWhatDidNotRun(modules) {
    for (const module of modules) {
      // A suite that is skipped says in its name what it needs.
      for (const suite of module.children.suites()) {
        const count = [...suite.children.allTests('skipped')].length
        if (count > 0) this.log(` Did not run: ${count} tests of ${nameOf(module)} › ${suite.name}`)
      }
    }
  }

  #tell() {
    const now = performance.now()
    const line = ` ${progressLine({
      done: this.#done,
      files: this.#files,
      passed: this.#passed,
      tookMs: now - this.start,
      running: [...this.#running].map(nameOf),
      tests: [...this.#begun.values()].map(({ test, begunMs }) => ({ name: test.fullName, tookMs: now - begunMs })),
    })}`
    if (!this.isTTY) return this.log(line)
    const { columns = 80 } = process.stdout
    process.stdout.write(`\r\u001b[K${line.slice(0, columns - 1)}`)
  }

  #say(what, errors) {
    this.#wipe()
    this.log(what)
    for (const error of errors) this.log(`     ${wordsOf(error).split('\n')[0]}`)
  }

  #wipe() {
    if (this.isTTY) process.stdout.write('\r\u001b[K')
  }
}

const nameOf = (module) => `${module.project.name.replace(/ .*/, '')} ${module.relativeModuleId}`
