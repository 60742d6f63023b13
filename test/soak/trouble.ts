import { setTimeout as wait } from 'node:timers/promises'
import { type Chance, closesShop, drawFault, nameOf, type RunningFaults } from './faults'
import type { House } from './house'
import type { ChangeKind } from './log-book'
import type { Move } from './shopper'
import type { Watch } from './watch'

/** What trouble is made of. */
export interface TroubleOptions {
  readonly house: House
  readonly chance: Chance
  readonly faults: RunningFaults
  readonly watch: Watch
  readonly forMs: number
  /** Hears each step. */
  readonly note: (step: string) => void
  /** Hears each move that was made. */
  readonly moved: (move: Move) => void
}

const MOVES: readonly Move[] = [
  ...(['open', 'open', 'open', 'close', 'reload', 'leave', 'back', 'back', 'show', 'show', 'hide', 'freeze'] as const),
  ...(['resume', 'resume', 'crash', 'offline', 'online', 'online', 'hang', 'stop', 'start', 'start', 'check'] as const),
  ...(['clock-back', 'clock-on', 'prerender', 'restart', 'restart'] as const),
]
/** Whoever makes one of these needs a page of the shop. */
const NEED_PAGE: readonly Move[] = ['open', 'reload', 'back', 'prerender']
const KINDS: readonly ChangeKind[] = ['plain', 'plain', 'plain', 'plain', 'huge', 'wishlist', 'other-event']
const PAUSES_MS = [0, 0, 5, 50, 300, 1_000]
const TIMES = [1, 1, 1, 1, 1, 2, 2, 3, 3, 12, 60]
const LINE_FAULT_MS = [300, 2_000, 6_000, 15_000]

/** Makes trouble for a while: changes, faults and what shoppers do with their tabs, as chance will have it. @throws {Breach} */
export const makeTrouble = async ({
  house,
  chance,
  faults,
  watch,
  forMs,
  note,
  moved,
}: TroubleOptions): Promise<void> => {
  const { shoppers, book } = house
  const endMs = performance.now() + forMs

  const change = (): void => {
    const times = chance.pick(TIMES)
    const { id } = chance.pick(shoppers)
    const kind = chance.pick(KINDS)
    const isPromotion = chance.below(3) === 0
    note(isPromotion ? `${times} promotions` : `${times} ${kind} for ${id}`)
    if (isPromotion) return book.promote(times)
    for (let count = 0; count < times; count += 1) book.publish(id, kind)
  }

  const move = async (): Promise<void> => {
    const [shopper, name, tab] = [chance.pick(shoppers), chance.pick(MOVES), chance.below(60)]
    if (NEED_PAGE.includes(name) && !faults.isShopOpen()) return
    note(`${shopper.id}: ${name} ${tab}`)
    if (await shopper.move(name, tab)) moved(name)
    else note('which made no sense')
  }

  const breakSomething = (): void => {
    const [drawn, shopper, ms] = [drawFault(chance), chance.pick(shoppers), chance.pick(LINE_FAULT_MS)]
    note(
      `${nameOf(drawn)} ${drawn.where === 'line' ? `${shopper.id}, ${ms} ms ` : ''}${JSON.stringify(drawn.fault).slice(0, 200)}`,
    )
    faults.start(drawn, shopper.line, ms)
    if (closesShop(drawn)) note('the shop is closed')
  }

  while (performance.now() < endMs) {
    const what = chance.below(10)
    if (what < 4) change()
    else if (what < 7) await move()
    else breakSomething()
    if (chance.below(4) === 0) await watch.look(chance.pick(shoppers))
    await wait(chance.pick(PAUSES_MS))
  }
}
