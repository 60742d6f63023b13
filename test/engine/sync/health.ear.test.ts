import { describe, expect, it } from 'vitest'
import { compared, deafness, type Ear, freshEar, heardOne, isDeaf } from '../../../src/engine/sync/health'

/** An ear after answers with so many events; 'heard': a broadcast. */
const earAfter = (...steps: readonly (number | 'heard')[]): Ear =>
  steps.reduce<Ear>((ear, step) => (step === 'heard' ? heardOne : compared(ear, step)), freshEar)

describe('an ear', () => {
  it.each<[string, (number | 'heard')[], boolean]>([
    ['that has just been put to a channel', [], false],
    ['whose first answer told of what was before', [5], false],
    ['whose second answer, too, had what it had not brought', [5, 1], false],
    ['that missed what two audits found', [0, 1, 1], true],
    ['that missed it from the beginning', [5, 1, 2], true],
    ['that missed much, but in one answer', [0, 50], false],
    ['that missed something, then nothing happened, then it missed something', [0, 1, 0, 0, 1], true],
    ['where nothing happened', [0, 0, 0, 0], false],
    ['that heard something between two losses', [0, 1, 'heard', 1], false],
    ['that heard something before the first answer', ['heard', 1], false],
    ['that heard once, and then nothing any more', [0, 'heard', 1, 1], true],
    ['that hears what it was thought deaf to', [0, 1, 1, 'heard'], false],
  ])('%s: %j', (_what, steps, expected) => {
    expect(isDeaf(earAfter(...steps))).toBe(expected)
  })

  it('that is deaf says where to look', () => {
    const { code, message } = deafness()
    expect(code).toBe('no-broadcasts')
    expect(message).toMatch(/BROADCAST_CONNECTION.*queue/)
  })
})
