import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import { explain } from '../../src/inspector/explain'
import { lastedOf, lineOf, many } from '../../src/inspector/line'

const source = readFileSync(new URL('../../src/engine/state.ts', import.meta.url), 'utf8')
const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

const reasonsOf = (type: string): string[] => {
  const union = source.split(`export type ${type} =`)[1]?.split('\n\n')[0] ?? ''
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, word]) => word ?? '')
}

const NAMES = {
  idle: reasonsOf('IdleReason'),
  connecting: reasonsOf('ConnectingReason'),
  live: ['subscribed'],
  polling: [...reasonsOf('PollingReason'), ...reasonsOf('WaitingReason'), ...reasonsOf('RefusedReason')],
  waiting: reasonsOf('WaitingReason'),
  refused: reasonsOf('RefusedReason'),
}
const ALL = Object.entries(NAMES).flatMap(([name, reasons]) => reasons.map((reason) => [name, reason] as const))
const explained = (name: string, reason: string) => explain({ name, reason, sinceMs: 0, error: null } as Connection)

describe('the words for a connection', () => {
  it('are there for every state and reason, in sentences, with what happens next', () => {
    expect(ALL.length).toBeGreaterThan(50)
    for (const [name, reason] of ALL) {
      const { title, what, next } = explained(name, reason)
      expect(title.toLowerCase(), `${name}: ${reason}`).toBe(name)
      expect(
        [what, next].every((words) => /^[A-Zc].+\.$/.test(words)),
        `${name}: ${reason}`,
      ).toBe(true)
      expect(what).not.toBe(reason)
    }
  })

  it('lead to a section of docs/errors.md that is there', () => {
    const sections = [...errors.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    )
    for (const [name, reason] of ALL) expect(sections).toContain(explained(name, reason).section)
  })

  it('are those of the page where it is of another version', () => {
    expect(explained('waiting', 'for-godot')).toMatchObject({ what: 'for-godot', section: 'for-godot' })
  })
})

describe('a line of the log', () => {
  it('says what happened, by which way, where in the log, and how long it took', () => {
    const at = { atMs: 0, place: 'e1:2', event: 'cart.conditions.changed' } as const
    const error = new CartEchoError('check-failed', 'down', { status: 503 })
    expect([
      lineOf({ ...at, name: 'heard', way: 'tab', payload: 0 }),
      lineOf({ ...at, name: 'told', way: 'check', key: '', sentAtMs: null }),
      lineOf({ ...at, name: 'answered', events: 1, tookMs: 1_240 }),
      lineOf({ ...at, name: 'answered', events: 2, tookMs: null }),
      lineOf({ atMs: 0, name: 'unanswered', error, tookMs: 12 }),
      lineOf({ atMs: 0, name: 'error', error }),
      lineOf({ atMs: 0, name: 'asked', since: null }),
    ]).toEqual([
      'Heard cart.conditions.changed e1:2 by another tab',
      'Told cart.conditions.changed e1:2, heard by the check',
      'Answered after 1.2 s: 1 change',
      'Answered: 2 changes, asked by another tab',
      'Not answered after 12 ms: check-failed (HTTP 503)',
      'Error check-failed (HTTP 503)',
      'Asked the check',
    ])
    expect([many(1, 'tab'), many(0, 'tab'), lastedOf(180_000)]).toEqual(['1 tab', '0 tabs', '3 min'])
  })
})
