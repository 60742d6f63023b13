import { transform } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { mutationsOf, withSwitches } from './mutations.mjs'
import { sampleOf } from './sample.mjs'

const changesOf = (source: string): string[] => mutationsOf(source).map(({ from, into }) => `${from} → ${into}`)

/** What an expression comes to where one of its mutations acts, and where none does: the first. */
const valuesOf = async (source: string, given: Record<string, unknown>): Promise<unknown[]> => {
  const mutations = mutationsOf(source).map((mutation, id) => ({ ...mutation, id }))
  const { code } = await transform(withSwitches(source, mutations), { loader: 'ts' })
  const run = new Function('isMutant', ...Object.keys(given), `${code}\nreturn tried()`)
  return [-1, ...mutations.map(({ id }) => id)].map((active) => {
    try {
      return run((id: number) => id === active, ...Object.values(given))
    } catch (error) {
      return (error as Error).name
    }
  })
}

describe('what may be wrong with a source', () => {
  it.each([
    ['a < b', ['a < b → a <= b']],
    ['a && b', ['a && b → a || b']],
    ['const x = a ?? 0', ['a ?? 0 → a', '0 → 1']],
    ['const MS = 5_000', ['5_000 → 10000']],
    ["const to = { name: 'hello' }", ["'hello' → ''"]],
    ['const on = !off', ['!off → off']],
    ['if (a) b()', ['a → true', 'a → false', 'b() → ']],
    ['const x = a?.b?.c', ['a?.b?.c → a.b?.c', 'a?.b?.c → a?.b.c']],
    ['list.filter(isOld)', ['list.filter(isOld) → ', 'list.filter(isOld) → list']],
    ['const run = () => void stop()', ['void stop() → undefined']],
  ])('%s', (source, changes) => {
    expect(changesOf(source)).toEqual(expect.arrayContaining(changes))
  })

  it('is neither a type, nor an import, nor words for people', () => {
    expect(
      changesOf("import { a } from 'b'\ntype C = 'd' | 1\nconst e: 'f' = f as 'f'\nconst words = 'It is so.'"),
    ).toEqual([])
  })
})

describe('a source with switches in it', () => {
  it('does what it did while none is on, and each of them alone what it says', async () => {
    const source = 'const tried = (): number => {\n  const a: number = n\n  if (a > 2) return a + 1\n  return 7\n}'
    const [healthy, ...mutants] = await valuesOf(source, { n: 5 })
    expect(healthy).toBe(6)
    // One less, the branch taken all the same, and the branch not taken.
    expect(mutants.sort()).toEqual([4, 6, 6, 6, 6, 6, 7, 7, 7])
  })

  it('keeps a chain short where it ended before, and statements apart that no semicolon parts', async () => {
    const source = 'const tried = () => {\n  const got = from?.list.size\n  got || note()\n  return got\n}'
    const values = await valuesOf(source, { from: undefined, note: () => undefined })
    expect(values[0]).toBe(undefined)
    expect(values).toContain('TypeError')
  })
})

describe('a sample', () => {
  const all = Array.from({ length: 100 }, (_, at) => at)

  it('is the same for the same seed, in order, and another for another', () => {
    expect(sampleOf(all, 1, 10)).toEqual(sampleOf(all, 1, 10))
    expect(sampleOf(all, 1, 10)).not.toEqual(sampleOf(all, 2, 10))
    expect([...sampleOf(all, 1, 10)].sort((a, b) => a - b)).toEqual(sampleOf(all, 1, 10))
  })

  it('of all is all of them', () => {
    expect(sampleOf(all, 3, 100)).toEqual(all)
  })
})
