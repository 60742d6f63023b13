import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './support/pack'
import { type Ran, runNode } from './support/run'

interface Measured {
  readonly name: string
  readonly size: number
  readonly sizeLimit?: number
  readonly passed?: boolean
}

describe('the sizes of the built package', () => {
  let ran: Ran
  let measured: readonly Measured[]

  beforeAll(async () => {
    ran = await runNode([join(ROOT, 'node_modules/size-limit/bin.js'), '--json'], ROOT)
    measured = JSON.parse(ran.out)
  })

  it('are within their limits', () => {
    const limited = measured.filter(({ sizeLimit }) => sizeLimit !== undefined)
    expect(limited.length).toBeGreaterThan(10)
    expect(limited.filter(({ passed }) => !passed)).toEqual([])
    expect(ran.code, ran.err).toBe(0)
  })

  it('are those of the reference', () => {
    const reference = readFileSync(join(ROOT, 'docs/reference.md'), 'utf8')
    const table = reference.split('| import | size |')[1]?.split('\n\n')[0] ?? ''
    const told = [...table.matchAll(/\| ([\d.]+) kB \|/g)].map(([, kilobytes]) => kilobytes)
    expect(told).toHaveLength(measured.length)
    // A tenth more or less is chance: names of folders are packed, too.
    for (const [row, { name, size }] of measured.entries())
      expect(Math.abs(Number(told[row]) - size / 1000), `row ${row + 1}, ${name}`).toBeLessThan(0.11)
  })
})
