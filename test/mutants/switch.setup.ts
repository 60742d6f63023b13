import { appendFileSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterAll, expect } from 'vitest'

// One mutant acts, or, in the run that makes the map, none.
const folder = process.env.CART_ECHO_MUTANTS
const active = Number(readFileSync(`${folder}/active`, 'utf8'))
const met = new Set<number>()

Object.assign(globalThis, {
  isMutant: (id: number): boolean => {
    met.add(id)
    return id === active
  },
})

if (active < 0) {
  afterAll(() => {
    const test = relative(process.cwd(), expect.getState().testPath ?? '')
    appendFileSync(`${folder}/met`, `${JSON.stringify({ test, met: [...met] })}\n`)
  })
}
