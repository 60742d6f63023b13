import { appendFileSync } from 'node:fs'
import fc from 'fast-check'

// One seed for the whole run. The run prints it, and CART_ECHO_SEED repeats it.
const { CART_ECHO_SEED, CART_ECHO_COUNT } = process.env
const seed = Number(CART_ECHO_SEED)
if (CART_ECHO_SEED) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })

// Whoever adds up what was tried has it noted, a line for each property.
if (CART_ECHO_COUNT) {
  const reporter = (run: fc.RunDetails<unknown>): void => {
    appendFileSync(CART_ECHO_COUNT, `${run.numRuns}\n`)
    if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance })
  }
  fc.configureGlobal({ ...fc.readConfigureGlobal(), reporter })
}
