import { DefaultReporter } from 'vitest/node'
import { watchLoad } from './machine-load.mjs'

/** How often the line is written anew where it can be, and where it cannot. */
const ON_SCREEN_MS = 250
const IN_A_LOG_MS = 15_000
/** A test that takes this long is named while it runs. */
const LONG_MS = 20_000

/**
 * Says while tests run how many files are done and which are at work, at once what failed, and at the end the slowest ten. Of a time-out it says whether the
 * machine had anything to do meanwhile: where it had, the test was slow; where it had not, it hung.
 */
export default class Progress extends DefaultReporter {
  #files = 0
  #done = 0
  #passed = 0
  #running = new Set()
  /** @type {Map<import('vitest/node').TestCase, number>} */
  #tests = new Map()
  #load = watchLoad()
  #timer = null

  constructor() {
    super({ summary: false })
  }

  /** Of what passed there is a count. */
  printTestModule() {}

  onInit(vitest) {
    super.onInit(vitest)
    const seed = process.env.CART_ECHO_SEED
    if (seed) this.log(`   Random schedules by CART_ECHO_SEED=${seed}`)
  }

  onTestRunStart(specifications) {
    super.onTestRunStart(specifications)
    this.#files = specifications.length
    this.#timer = setInterval(() => this.#tell(), this.isTTY ? ON_SCREEN_MS : IN_A_LOG_MS)
  }

  onTestModuleStart(module) {
    this.#running.add(module)
  }

  onTestCaseReady(test) {
    this.#tests.set(test, performance.now())
  }

  onTestCaseResult(test) {
    super.onTestCaseResult(test)
    const startedMs = this.#tests.get(test)
    this.#tests.delete(test)
    const { state, errors } = test.result()
    if (state === 'passed') this.#passed += 1
    if (state !== 'failed') return
    this.#wipe()
    this.log(` ✗ ${nameOf(test.module)} › ${test.fullName}`)
    for (const { message } of errors ?? []) this.log(`     ${(message ?? '').split('\n')[0]}`)
    if (errors?.some(({ message }) => /timed? ?out|in vain|exceeded/i.test(message ?? '')))
      this.log(`     ${this.#load.judge(startedMs ?? performance.now())}`)
  }

  onTestModuleEnd(module) {
    this.#running.delete(module)
    this.#done += 1
    // A file can fail without a failed test: when it does not load.
    const broken = module.errors()
    if (broken.length === 0) return
    this.#wipe()
    this.log(` ✗ ${nameOf(module)}`)
    for (const { message } of broken) this.log(`     ${(message ?? '').split('\n')[0]}`)
  }

  onTestRunEnd(modules, errors, reason) {
    clearInterval(this.#timer)
    this.#load.stop()
    this.#wipe()
    const tookMs = (module) => module.diagnostic().duration
    const slowest = [...modules].sort((a, b) => tookMs(b) - tookMs(a)).slice(0, 10)
    if (modules.length > 10) {
      this.log('\n The slowest ten:')
      for (const module of slowest) this.log(`   ${inSeconds(tookMs(module)).padStart(7)}  ${nameOf(module)}`)
    }
    super.onTestRunEnd(modules, errors, reason)
  }

  #tell() {
    const now = performance.now()
    const long = [...this.#tests].filter(([, startedMs]) => now - startedMs > LONG_MS)
    const named = long.map(([test, startedMs]) => `${test.fullName} (for ${inSeconds(now - startedMs)})`)
    const running = [...this.#running].map((module) => nameOf(module).replace(/^.*\//, ''))
    const line = [
      `${this.#done} of ${this.#files} files`,
      `${this.#passed.toLocaleString('en')} tests passed`,
      inSeconds(now - this.start),
      running.join(', '),
      ...named,
    ]
    const text = ` ${line.filter(Boolean).join(' · ')}`
    if (!this.isTTY) return this.log(text)
    const { columns = 80 } = process.stdout
    process.stdout.write(`\r\u001b[K${text.slice(0, columns - 1)}`)
  }

  #wipe() {
    if (this.isTTY) process.stdout.write('\r\u001b[K')
  }
}

const nameOf = (module) => `${module.project.name.replace(/ .*/, '')} ${module.relativeModuleId}`

const inSeconds = (ms) => `${(ms / 1_000).toFixed(1)} s`
