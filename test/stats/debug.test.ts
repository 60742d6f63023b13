import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import { type DebugOptions, debug, lineOf } from '../../src/stats/debug'
import { listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'
import { entryOf, type Said } from './support/said'

const KEY = 'cart-echo:debug'

let stored: Map<string, string>

beforeEach(() => {
  stored = new Map()
  vi.stubGlobal('localStorage', { getItem: (key: string) => stored.get(key) ?? null })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const debugged = (options: DebugOptions = {}) => {
  const page = listeningClient({ identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  const lines: unknown[][] = []
  const stop = debug(page.client, { log: (...line) => lines.push(line), ...options })
  page.client.start()
  return { ...page, lines, stop }
}

describe('lines in the console', () => {
  it('begin when the key is set, on a page that is open already, and end when it is removed', () => {
    const { hear, lines, end } = debugged()
    hear(at(2))
    expect(lines).toEqual([])
    stored.set(KEY, '1')
    hear(at(3))
    stored.delete(KEY)
    hear(at(4))
    expect(lines).toEqual([
      ['cart-echo heard e1:3 cart.conditions.changed by socket'],
      ['cart-echo told e1:3 cart.conditions.changed by socket'],
    ])
    end()
  })

  it('have payloads beside them only where the value asks for it', () => {
    stored.set(KEY, 'payloads')
    const { hear, lines, end } = debugged({ key: KEY })
    lines.length = 0
    hear(at(2))
    expect(lines).toEqual([
      ['cart-echo heard e1:2 cart.conditions.changed by socket', at(2)],
      ['cart-echo told e1:2 cart.conditions.changed by socket'],
    ])
    end()
  })

  it('go by a key of the page’s own, if it gives one', () => {
    stored.set(KEY, '1')
    const { hear, lines, end } = debugged({ key: 'shop:debug' })
    hear(at(2))
    expect(lines).toEqual([])
    stored.set('shop:debug', '1')
    hear(at(3))
    expect(lines).toHaveLength(2)
    end()
  })

  it('go to console.log, whoever has replaced it since', () => {
    stored.set(KEY, '1')
    const { hear, end } = debugged({ log: undefined })
    const log = vi.spyOn(console, 'log').mockReturnValue()
    hear(at(2))
    expect(log.mock.calls[0]).toEqual(['cart-echo heard e1:2 cart.conditions.changed by socket'])
    end()
  })

  it('are none any more when it is stopped', () => {
    stored.set(KEY, '1')
    const { hear, lines, stop, end } = debugged()
    stop()
    stop()
    lines.length = 0
    hear(at(2))
    expect(lines).toEqual([])
    end()
  })

  it.each([
    [
      'throws when it is looked for',
      () => Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: throwing }),
    ],
    ['throws when it is read', () => vi.stubGlobal('localStorage', { getItem: throwing })],
    ['is not there', () => vi.stubGlobal('localStorage', undefined)],
    ['is null', () => vi.stubGlobal('localStorage', null)],
  ])('are none where the storage %s, and nothing is thrown into the page', (_what, arrange) => {
    arrange()
    const { hear, lines, errors, heard, end } = debugged()
    hear(at(2))
    expect([lines, errors, heard]).toEqual([[], [], ['change 2']])
    end()
  })

  it('that the page cannot print trouble nobody', () => {
    stored.set(KEY, '1')
    const { hear, errors, heard, end } = debugged({ log: throwing })
    hear(at(2))
    expect([errors, heard]).toEqual([[], ['change 2']])
    end()
  })
})

const throwing = (): never => {
  throw new DOMException('denied', 'SecurityError')
}

const EVENT = 'cart.conditions.changed'
const connection = { name: 'waiting', reason: 'socket-lost', sinceMs: 0, error: null } as Connection
const tabs = (leader: string | null) => ({ name: 'tabs', self: 'a', leader, others: ['b', 'c'] }) as const

describe('a line', () => {
  it.each<[Said, string]>([
    [{ name: 'gap', place: 'e1:3', event: EVENT }, 'gap e1:3 cart.conditions.changed'],
    [{ name: 'duplicate', place: null, event: EVENT }, 'duplicate cart.conditions.changed'],
    [{ name: 'other-cart', place: 'e1:2', event: EVENT }, 'other-cart e1:2 cart.conditions.changed'],
    [{ name: 'filled' }, 'filled'],
    [{ name: 'resync' }, 'resync'],
    [{ name: 'reset' }, 'reset'],
    [{ name: 'asked', since: 'e1:3' }, 'asked since e1:3'],
    [{ name: 'asked', since: null }, 'asked'],
    [{ name: 'answered', events: 2, tookMs: 40, place: 'e1:5' }, 'answered e1:5 2 events in 40 ms'],
    [{ name: 'answered', events: 0, tookMs: null, place: null }, 'answered 0 events to another tab'],
    [
      { name: 'unanswered', error: new CartEchoError('check-busy', 'Raise the throttle'), tookMs: 9 },
      'unanswered check-busy: Raise the throttle after 9 ms',
    ],
    [{ name: 'unanswered', error: null, tookMs: 9 }, 'unanswered after 9 ms'],
    [{ name: 'refresh', phase: 'done' }, 'refresh done'],
    [{ name: 'connection', connection }, 'connection waiting: socket-lost'],
    [{ name: 'tabs', tabs: tabs(null) }, 'tabs nobody leads of 3 tabs'],
    [{ name: 'tabs', tabs: tabs('b') }, 'tabs another leads of 3 tabs'],
    [{ name: 'handed-over', tabs: tabs('a') }, 'handed-over this one leads of 3 tabs'],
    [{ name: 'error', error: new CartEchoError('no-echo', 'None') }, 'error no-echo: None'],
  ])('says in words %j', (entry, words) => {
    expect(lineOf(entryOf(entry))).toBe(`cart-echo ${words}`)
  })
})
