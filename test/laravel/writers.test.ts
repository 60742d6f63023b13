import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Answer, type LoggedEvent, weighAnswer } from '../../src/engine/answer'
import { type Cursor, parseCursor } from '../../src/engine/cursor'
import type { CartConditionsChanged } from '../../src/engine/events'
import { describePhp, startPhp } from '../support/php'

const [PROCESSES, CHANGES, ROLLED_BACK_OF_5] = [3, 20, 1]
const OWNERS = ['aaa', 'bbb']
const KEPT = (PROCESSES * CHANGES * (5 - ROLLED_BACK_OF_5)) / 5

interface Read {
  readonly since: string
  readonly cursor: string
  readonly events: readonly LoggedEvent[]
  readonly reset: boolean
}

const placeOf = ({ payload }: LoggedEvent): number | null | undefined =>
  (payload as CartConditionsChanged).cart_echo?.seq

describePhp('several processes that write at once, and roll back now and then', () => {
  it('leave logs without a hole, and who reads along misses nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cart-echo-log-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const until = KEPT / OWNERS.length
    const start = (role: string) =>
      startPhp('writer.php', { role, dsn: `sqlite:${folder}/log`, owners: OWNERS, changes: CHANGES, until })
    await start('migrate')
    const reading = start('read')
    const written = await Promise.all(Array.from({ length: PROCESSES }, () => start('write')))
    expect(written.flat().reduce<number>((sum, kept) => sum + Number(kept), 0)).toBe(KEPT)

    let cursor: Cursor | null = parseCursor(':0')
    const heard: unknown[] = []
    for (const read of (await reading) as Read[]) {
      const end = parseCursor(read.cursor) as Cursor
      const answer: Answer = {
        since: parseCursor(read.since),
        owner: 'aaa',
        cursor: end,
        events: read.events,
        reset: read.reset,
      }
      expect(weighAnswer({ cursor, retired: [] }, answer)).toBe('continues')
      heard.push(...read.events.map(placeOf))
      cursor = end
    }
    expect(heard).toEqual(Array.from({ length: until }, (_, index) => index + 1))
  })
})
