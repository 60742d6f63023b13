import { seededRandom } from '../support/seeded-random'
import { chanceOf, runFaults } from './faults'
import { type House, openHouse } from './house'
import { makeTrouble } from './trouble'
import { Breach, sumOf, type Watch, watchPages } from './watch'

/** How a soak is run. */
export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
  /** The folder of the page's code. */
  readonly scripts: string
  /** The folder of a page with a block. */
  readonly blocks: string
  readonly say: (line: string) => void
}

/** What came of it. */
export interface SoakResult {
  /** What was promised and not kept, with the page's trace, line by line; empty: nothing. */
  readonly breach: readonly string[]
  /** All that was done, line by line. */
  readonly steps: readonly string[]
  /** How often each kind of fault was started, and each move made. */
  readonly faults: ReadonlyMap<string, number>
  readonly moves: ReadonlyMap<string, number>
  /** Changes that pages are told of, documents that listened, and how often one was told of a change. */
  readonly changes: number
  readonly pages: number
  readonly told: number
  /** How often a page was more than 500 behind, and read its cart instead. */
  readonly resets: number
  /** How often all was well for a while, and everything as it must be. */
  readonly rests: number
}

const TROUBLE_MS = 30_000
/** What does not come by then does not come: the slow ladder may have reached minutes, and the server lets a silent connection go at its third look, after up to 180 s. */
const REST_WITHIN_MS = 240_000

/** Soaks a shop: random faults over real sockets and real tabs, and the model of docs/protocol.md beside them. Reports a breach, and never throws for one. */
export const runSoak = async ({ minutes, seed, scripts, blocks, say }: SoakOptions): Promise<SoakResult> => {
  const chance = chanceOf(seededRandom(seed))
  const beganAtMs = performance.now()
  const steps: string[] = []
  const moves = new Map<string, number>()
  const house = await openHouse(scripts, blocks)
  const faults = runFaults(house.server, house.lines)
  const watch = watchPages(house)
  let rests = 0
  let breach: readonly string[] = []

  const minutesGone = (): number => (performance.now() - beganAtMs) / 60_000
  const note = (step: string): void => void steps.push(`${(minutesGone() * 60).toFixed(1)} s ${step}`)
  const moved = (move: string): void => void moves.set(move, (moves.get(move) ?? 0) + 1)
  const sayHowFar = (): void => {
    const { pages, told } = watch.counts()
    const made = `${sumOf(faults.byName())} faults, ${sumOf(moves)} moves`
    say(
      `${minutesGone().toFixed(1)} min: ${house.book.changes()} changes, ${pages} pages, told ${told}; ${made}; at rest ${rests} times, lost 0, twice 0`,
    )
  }

  try {
    for (const shopper of house.shoppers) await shopper.settle()
    while (minutesGone() < minutes) {
      await makeTrouble({ house, chance, faults, watch, forMs: TROUBLE_MS, note, moved })
      note('all is well again')
      await faults.mend()
      for (const shopper of house.shoppers) await shopper.settle()
      await watch.comeToRest(REST_WITHIN_MS)
      rests += 1
      const shopper = chance.pick(house.shoppers)
      await watch.stopAndStart(shopper, chance.pick(shopper.tabs))
      sayHowFar()
    }
    await end(house, watch)
  } catch (error) {
    const words = error instanceof Breach ? error.message : `The soak itself failed: ${(error as Error).stack ?? error}`
    breach = words.split('\n')
  } finally {
    await faults.mend()
    await house.close()
  }
  return { breach, steps, faults: faults.byName(), moves, changes: house.book.changes(), ...watch.counts(), rests }
}

const ENDS_WITHIN_MS = 10_000

/** Stops every page. @throws {Breach} when a socket is left on a channel. */
const end = async ({ shoppers }: House, watch: Watch): Promise<void> => {
  for (const shopper of shoppers)
    for (const tab of shopper.tabs) {
      await watch.stopAndStart(shopper, tab)
      await tab.tab.evaluate('soak.stop()')
    }
  const endMs = performance.now() + ENDS_WITHIN_MS
  for (;;) {
    const left = await watch.subscribed()
    if (left === 0) return
    if (performance.now() > endMs) throw new Breach(`Every page stopped, and ${left} sockets are left on channels.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
