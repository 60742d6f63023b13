import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import {
  type ConnectingReason,
  type Connection,
  type ConnectionFact,
  type IdleReason,
  moveConnection,
  notStarted,
  type PollingReason,
  type RefusedReason,
  type WaitingReason,
} from '../../src/engine/state'

// Complete by type: a new state, a new step of connecting, or a new fact does not compile until it is decided here.
type StateName = Exclude<Connection['name'], 'connecting'> | `connecting: ${ConnectingReason}`
type FactName = ConnectionFact['name']
type Expected =
  | 'same'
  | 'carried'
  | 'given'
  | 'waiting: socket-lost'
  | 'live: subscribed'
  | `connecting: ${ConnectingReason}`

const error = new CartEchoError('no-answer', 'for the test')
const otherError = new CartEchoError('not-authorised', 'for the test')
const SINCE_MS = 100
const NOW_MS = 200

const states: Record<StateName, Connection> = {
  idle: { name: 'idle', reason: 'no-user', sinceMs: SINCE_MS },
  'connecting: loading': { name: 'connecting', reason: 'loading', sinceMs: SINCE_MS },
  'connecting: prerendering': { name: 'connecting', reason: 'prerendering', sinceMs: SINCE_MS },
  'connecting: finding-echo': { name: 'connecting', reason: 'finding-echo', sinceMs: SINCE_MS },
  'connecting: opening-socket': { name: 'connecting', reason: 'opening-socket', sinceMs: SINCE_MS },
  'connecting: subscribing': { name: 'connecting', reason: 'subscribing', sinceMs: SINCE_MS },
  live: { name: 'live', reason: 'subscribed', sinceMs: SINCE_MS },
  polling: { name: 'polling', reason: 'not-authorised', sinceMs: SINCE_MS, error, nextTryAtMs: 300 },
  waiting: { name: 'waiting', reason: 'no-answer', sinceMs: SINCE_MS, error, nextTryAtMs: 300 },
  refused: { name: 'refused', reason: 'no-echo', sinceMs: SINCE_MS, error },
}

const shared: Connection = { name: 'waiting', reason: 'check-busy', sinceMs: 90, error, nextTryAtMs: 500 }

const facts: Record<FactName, ConnectionFact> = {
  idle: { name: 'idle', reason: 'switched-off' },
  starting: { name: 'starting' },
  prerendering: { name: 'prerendering' },
  'socket-opening': { name: 'socket-opening' },
  'socket-open': { name: 'socket-open' },
  'socket-lost': { name: 'socket-lost' },
  subscribed: { name: 'subscribed' },
  'channel-left': { name: 'channel-left' },
  delayed: { name: 'delayed', reason: 'authorisation-failed', error: otherError, nextTryAtMs: 400 },
  polling: { name: 'polling', reason: 'no-socket', error: null, nextTryAtMs: 400 },
  refused: { name: 'refused', reason: 'not-authorised', error: otherError },
  shared: { name: 'shared', connection: shared },
}

// `carried`: the reason and the error are the fact's own. `given`: the whole connection is.
const table: Record<StateName, Record<FactName, Expected>> = {
  idle: {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'same',
    'socket-opening': 'same',
    'socket-open': 'same',
    'socket-lost': 'same',
    subscribed: 'same',
    'channel-left': 'same',
    delayed: 'same',
    polling: 'same',
    refused: 'same',
    shared: 'given',
  },
  'connecting: loading': {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'connecting: opening-socket',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  'connecting: prerendering': {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'same',
    'socket-opening': 'connecting: opening-socket',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  'connecting: finding-echo': {
    idle: 'carried',
    starting: 'same',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'connecting: opening-socket',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  'connecting: opening-socket': {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'same',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  'connecting: subscribing': {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'connecting: opening-socket',
    'socket-open': 'same',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'same',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  live: {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'waiting: socket-lost',
    'socket-open': 'same',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'same',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  polling: {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'waiting: socket-lost',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  waiting: {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'connecting: prerendering',
    'socket-opening': 'same',
    'socket-open': 'connecting: subscribing',
    'socket-lost': 'waiting: socket-lost',
    subscribed: 'live: subscribed',
    'channel-left': 'connecting: subscribing',
    delayed: 'carried',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
  refused: {
    idle: 'carried',
    starting: 'connecting: finding-echo',
    prerendering: 'same',
    'socket-opening': 'same',
    'socket-open': 'same',
    'socket-lost': 'same',
    subscribed: 'live: subscribed',
    'channel-left': 'same',
    delayed: 'same',
    polling: 'carried',
    refused: 'carried',
    shared: 'given',
  },
}

const nameOfCarried: Record<FactName, Connection['name'] | null> = {
  idle: 'idle',
  starting: null,
  prerendering: null,
  'socket-opening': null,
  'socket-open': null,
  'socket-lost': null,
  subscribed: null,
  'channel-left': null,
  delayed: 'waiting',
  polling: 'polling',
  refused: 'refused',
  shared: null,
}

const expectedAfter = (state: StateName, fact: FactName): Connection => {
  const expected = table[state][fact]
  if (expected === 'same') return states[state]
  if (expected === 'given') return shared
  if (expected === 'carried') return { ...facts[fact], name: nameOfCarried[fact], sinceMs: NOW_MS } as Connection
  const [name, reason] = expected.split(': ')
  return {
    name,
    reason,
    sinceMs: NOW_MS,
    ...(name === 'waiting' ? { error: null, nextTryAtMs: null } : {}),
  } as Connection
}

const stateNames = Object.keys(table) as StateName[]
const factNames = Object.keys(facts) as FactName[]
const cells = stateNames.flatMap((state) => factNames.map((fact) => ({ state, fact, expected: table[state][fact] })))

describe('a connection', () => {
  it('begins idle', () => {
    expect(notStarted(5)).toEqual({ name: 'idle', reason: 'not-started', sinceMs: 5 })
  })

  it.each(cells)('$state and $fact: $expected', ({ state, fact, expected }) => {
    const next = moveConnection(states[state], facts[fact], NOW_MS)
    if (expected === 'same') expect(next).toBe(states[state])
    expect(next).toEqual(expectedAfter(state, fact))
  })

  it('takes each reason from the fact that gives it', () => {
    const idle: Record<IdleReason, true> = {
      'not-started': true,
      'no-user': true,
      'switched-off': true,
      'no-browser': true,
    }
    const waiting: Record<WaitingReason, true> = {
      'socket-lost': true,
      'authorisation-failed': true,
      blocked: true,
      'signature-refused': true,
      'no-answer': true,
      'over-capacity': true,
      'socket-refused': true,
      'check-failed': true,
      'check-refused': true,
      'check-busy': true,
      'not-loaded': true,
    }
    const refused: Record<RefusedReason, true> = {
      'echo-failed': true,
      misconfigured: true,
      'no-echo': true,
      'no-real-time': true,
      'no-web-socket': true,
      'not-authorised': true,
      'origin-refused': true,
      'other-user': true,
      'over-capacity': true,
      'page-conflict': true,
      'page-expired': true,
      'session-over': true,
      'socket-refused': true,
      'unknown-app': true,
    }
    const polling: Record<PollingReason, true> = { 'no-socket': true, 'no-broadcasts': true, ...waiting, ...refused }
    const nextTryAtMs = 300
    const given: ConnectionFact[] = [
      ...(Object.keys(idle) as IdleReason[]).map((reason) => ({ name: 'idle' as const, reason })),
      ...(Object.keys(waiting) as WaitingReason[]).map((reason) => ({
        name: 'delayed' as const,
        reason,
        error,
        nextTryAtMs,
      })),
      ...(Object.keys(polling) as PollingReason[]).map((reason) => ({
        name: 'polling' as const,
        reason,
        error,
        nextTryAtMs,
      })),
      ...(Object.keys(refused) as RefusedReason[]).map((reason) => ({ name: 'refused' as const, reason, error })),
    ]
    for (const fact of given) {
      const next = moveConnection(states.live, fact, NOW_MS)
      expect(next).toEqual({ ...fact, name: nameOfCarried[fact.name], sinceMs: NOW_MS })
      expect(moveConnection(next, fact, NOW_MS + 1)).toBe(next)
    }
  })

  it('says when the next try is, and since when the trouble lasts', () => {
    const first: ConnectionFact = { name: 'delayed', reason: 'check-failed', error, nextTryAtMs: 900 }
    const waiting = moveConnection(states.live, first, NOW_MS)
    const later = moveConnection(waiting, { ...first, nextTryAtMs: 5_000 }, NOW_MS + 700)
    expect(later).toEqual({ ...waiting, nextTryAtMs: 5_000 })
    expect(later.sinceMs).toBe(NOW_MS)
  })

  it('is the same object, since the same moment, unless name or reason are others', () => {
    // What is shared began when it began for the tab that shares it.
    const ownNames = factNames.filter((name) => name !== 'shared')
    const fact = fc.constantFrom(...ownNames).map((name) => facts[name])
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 20 }), (given) => {
        let now = notStarted(0)
        for (const [index, one] of given.entries()) {
          const next = moveConnection(now, one, index + 1)
          const moved = next.name !== now.name || next.reason !== now.reason
          const nextTry = (state: Connection) => ('nextTryAtMs' in state ? state.nextTryAtMs : null)
          expect(next === now).toBe(!moved && nextTry(next) === nextTry(now))
          expect(next.sinceMs).toBe(moved ? index + 1 : now.sinceMs)
          now = next
        }
      }),
    )
  })

  it('is never live by a socket alone', () => {
    const facing = factNames.filter((name) => name !== 'subscribed').map((name) => facts[name])
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...facing), { maxLength: 20 }), (given) => {
        const end = given.reduce((now, fact) => moveConnection(now, fact, 0), notStarted(0))
        expect(end.name).not.toBe('live')
      }),
    )
  })
})
