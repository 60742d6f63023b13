import { describe, expect, it } from 'vitest'
import type { ProxyFault } from '../../../src/server/proxy/fault'
import { delayMs, gatherBytes, type Line, nextStep, type Step } from '../../../src/server/proxy/step'

const NOW = 10_000

const line = (faults: readonly ProxyFault[], more: Partial<Line> = {}): Line => ({
  direction: 'down',
  faults: faults.map((fault) => ({ fault, since: { up: 900, down: 100 } })),
  takenBytes: 100,
  releasedBytes: 150,
  head: { bytes: 50, dueMs: NOW },
  ending: null,
  freeAtMs: 0,
  ...more,
})

const pass = (bytes: number, takesMs = 0): Step => ({ kind: 'pass', bytes, takesMs })
const WAIT: Step = { kind: 'wait' }

describe('one way of a connection', () => {
  it.each<[string, readonly ProxyFault[], Partial<Line>, Step]>([
    ['passes what is there', [], {}, pass(50)],
    ['waits when nothing is there', [], { head: null }, WAIT],
    ['ends when all is passed', [], { head: null, ending: 'end' }, { kind: 'finish', how: 'end' }],
    ['passes what is there before it ends', [], { ending: 'reset' }, pass(50)],
    ['waits until a piece is due', [], { head: { bytes: 5, dueMs: NOW + 20 } }, { kind: 'later', inMs: 20 }],
    ['waits until the line is free', [], { freeAtMs: NOW + 7 }, { kind: 'later', inMs: 7 }],
    ['passes a slice on a narrow line', [{ kind: 'bandwidth', bytesPerSecond: 200 }], {}, pass(10, 50)],
    ['passes a byte at least', [{ kind: 'bandwidth', bytesPerSecond: 1 }], {}, pass(1, 1_000)],
    ['takes the narrowest of lines', [narrow(4_000), narrow(200)], {}, pass(10, 50)],
    ['has no narrow line the other way', [{ kind: 'bandwidth', bytesPerSecond: 1, direction: 'up' }], {}, pass(50)],
    ['hangs', [{ kind: 'hang' }], {}, WAIT],
    ['does not end while it hangs', [{ kind: 'hang' }], { head: null, ending: 'end' }, WAIT],
    ['is half open', [{ kind: 'half-open', direction: 'down' }], {}, WAIT],
    ['is open when the other way is half open', [{ kind: 'half-open', direction: 'up' }], {}, pass(50)],
    ['passes up to where it is truncated', [{ kind: 'truncate', afterBytes: 20 }], {}, pass(20)],
    ['throws the rest away', [{ kind: 'truncate', afterBytes: 20 }], { takenBytes: 120 }, { kind: 'discard' }],
    [
      'ends in order when truncated',
      [{ kind: 'truncate', afterBytes: 0 }],
      { head: null, ending: 'end' },
      { kind: 'finish', how: 'end' },
    ],
    ['passes up to the cut', [{ kind: 'cut', afterBytes: 20 }], {}, pass(20)],
    ['is cut', [cutAfter(20)], { takenBytes: 120, head: null }, { kind: 'cut', fault: cutAfter(20) }],
    ['is cut at once after 0 bytes', [cutAfter(0)], { head: null }, { kind: 'cut', fault: cutAfter(0) }],
    ['is cut even when it hangs', [{ kind: 'hang' }, cutAfter(0)], {}, { kind: 'cut', fault: cutAfter(0) }],
    ['holds back what a buffer gathers', [{ kind: 'buffer' }], { releasedBytes: 100 }, WAIT],
    ['passes what a buffer has let go', [{ kind: 'buffer' }], { releasedBytes: 101 }, pass(50)],
    ['lets go of everything at the end', [{ kind: 'buffer' }], { releasedBytes: 0, ending: 'end' }, pass(50)],
  ])('%s', (_what, faults, more, expected) => {
    expect(nextStep(line(faults, more), NOW)).toEqual(expected)
  })

  it('delays by chance, never below nothing, and adds up', () => {
    const faults: ProxyFault[] = [
      { kind: 'latency', delayMs: 100, jitterMs: 20 },
      { kind: 'latency', delayMs: 5, jitterMs: 50, direction: 'down' },
      { kind: 'latency', delayMs: 1_000, direction: 'up' },
    ]
    expect(delayMs(line(faults), () => 0)).toBe(80)
    expect(delayMs(line(faults), () => 0.5)).toBe(105)
    expect(delayMs(line([]), () => 0.5)).toBe(0)
  })

  it('gathers as much as the greediest buffer wants', () => {
    expect(gatherBytes(line([]))).toBe(0)
    const faults: ProxyFault[] = [
      { kind: 'buffer', untilBytes: 10 },
      { kind: 'buffer', untilBytes: 30 },
    ]
    expect(gatherBytes(line(faults))).toBe(30)
    expect(gatherBytes(line([...faults, { kind: 'buffer' }]))).toBe(Number.POSITIVE_INFINITY)
  })
})

function narrow(bytesPerSecond: number): ProxyFault {
  return { kind: 'bandwidth', bytesPerSecond }
}

function cutAfter(afterBytes: number): ProxyFault & { kind: 'cut' } {
  return { kind: 'cut', afterBytes }
}
